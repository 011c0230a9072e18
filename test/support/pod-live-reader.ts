/** Reads the live stream of a PoD server as the worker does. */
import { real } from '../../src/clock.ts'
import type { Cursor, Page } from '../../src/pipeline.ts'
import { podLiveSource } from '../../src/proofpoint/pod/live.ts'
import { seat } from '../../src/proofpoint/pod/seat.ts'
import { turns } from '../../src/proofpoint/pod/turns.ts'
import { keptPage } from './kept-page.ts'

export const token = 'a-token-that-must-not-be-told'
export const gaps: [number, number][] = []
export const sourceAt = (url: string, waitingBytes = 1_000_000) =>
  podLiveSource({
    url,
    clusterId: 'example_hosted',
    type: 'message',
    token: async () => token,
    seat: seat(real),
    agent: undefined,
    clock: real,
    waitingBytes,
    largeTurns: turns(),
    onBlocked: () => {},
    onOpened: () => {},
    onGap: (...gap) => void gaps.push(gap),
  })

export const texts = (pages: readonly Page[]) =>
  pages.flatMap(page => page.events.map(event => event.bytes.toString()))

/** Reads pages until the source ends or fails; `each` may end it. */
export async function readAll(
  url: string,
  each: (pages: Page[], stop: AbortController) => void = () => {},
  from?: Cursor,
) {
  const stop = new AbortController()
  const pages: Page[] = []
  try {
    for await (const page of sourceAt(url).read(from, stop.signal)) {
      pages.push(keptPage(page))
      each(pages, stop)
    }
    return { pages, error: undefined }
  } catch (error) {
    return { pages, error }
  }
}
