import { describe, expect, it } from 'vitest'
import { HOUR_MS, hourOf, real, rehearsalClock } from '../../../src/clock.ts'
import type { Page } from '../../../src/pipeline.ts'
import { podArchiveSource } from '../../../src/proofpoint/pod/archive.ts'
import { seat } from '../../../src/proofpoint/pod/seat.ts'
import { turns } from '../../../src/proofpoint/pod/turns.ts'
import type { SimulatorOptions } from '../../../src/simulator/options.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { identityOf } from '../../../src/simulator/streams.ts'
import { jumpingClock } from '../../simulator/client.ts'
import { keptPage } from '../../support/kept-page.ts'
import { openPodServer } from '../../support/pod-server.ts'

const NOW = Date.parse('2026-11-22T10:50:00Z')
const HOUR = hourOf(NOW) - HOUR_MS
const account = { clusterId: 'example_hosted', tokens: ['token'], principal: 'principal', secret: 'secret' }

const common = {
  clusterId: account.clusterId,
  type: 'message',
  token: async () => 'token',
  agent: undefined,
  waitingBytes: 1_000_000,
  largeTurns: turns(),
  onBlocked: () => {},
  known: () => false,
} as const
const never = new AbortController().signal

async function archive(pod: SimulatorOptions['pod'] = {}) {
  const clock = jumpingClock(NOW)
  const simulator = await startSimulator({ ...account, clock, rates: { message: 0.2 }, pod })
  /** With `until` it is stopped as soon as that is true of a page. */
  const read = async (hour: number, until: (page: Page) => boolean = () => false) => {
    const stop = new AbortController()
    const pages: Page[] = []
    const source = podArchiveSource(
      { ...common, url: simulator.podUrl, seat: seat(clock), clock },
      { hour, id: 7 },
    )
    for await (const page of source.read(undefined, stop.signal)) {
      pages.push(keptPage(page))
      if (until(page)) stop.abort()
    }
    return { source, pages }
  }
  return { simulator, read, [Symbol.asyncDispose]: () => simulator.close() }
}

/** Reads an hour from a server where an hour passes in four seconds. */
async function readAt(url: string): Promise<Page[]> {
  const clock = rehearsalClock({ factor: 1_000, virtualAnchor: NOW, realAnchor: real.now() })
  const options = { ...common, url, seat: seat(clock), clock }
  const pages: Page[] = []
  for await (const page of podArchiveSource(options, { hour: HOUR, id: 7 }).read(undefined, never))
    pages.push(keptPage(page))
  return pages
}

const identities = (pages: readonly Page[]) =>
  pages.flatMap(page => page.events.map(event => identityOf(JSON.parse(event.bytes.toString()))))

describe('an hour of the archive', () => {
  it('is read whole, and its end is that of the session', async () => {
    await using proofpoint = await archive()
    const { source, pages } = await proofpoint.read(HOUR)
    expect(source).toMatchObject({ name: 'pod/message@example_hosted', lane: 'repair' })
    expect(new Set(pages.map(page => page.read))).toEqual(new Set([7]))
    const existed = [...proofpoint.simulator.ledger.identities('message', HOUR, HOUR + HOUR_MS)]
    expect(existed.length).toBeGreaterThan(500)
    expect(identities(pages).sort()).toEqual(existed.sort())
  })

  it('that the server ends at once is read as empty, without an error', async () => {
    await using proofpoint = await archive()
    proofpoint.simulator.control({ command: 'emptyArchive', count: 1 })
    expect(identities((await proofpoint.read(HOUR)).pages)).toEqual([])
  })

  it('over 30 days old is refused by name', async () => {
    await using proofpoint = await archive()
    await expect(proofpoint.read(HOUR - 31 * 24 * HOUR_MS)).rejects.toMatchObject({ code: 'pod-bad-request' })
  })

  it('ends without an error when it is stopped in the middle', async () => {
    await using proofpoint = await archive()
    const { pages } = await proofpoint.read(HOUR, page => page.events.length > 0)
    const existed = [...proofpoint.simulator.ledger.identities('message', HOUR, HOUR + HOUR_MS)]
    expect(identities(pages).length).toBeGreaterThan(0)
    expect(identities(pages).length).toBeLessThan(existed.length)
  })

  it('is left cleanly and by name when neither events nor the end come, though the server answers pings', async () => {
    const closed = Promise.withResolvers<number>()
    await using server = await openPodServer(socket => {
      socket.send('an event')
      socket.on('close', code => closed.resolve(code))
    })
    await expect(readAt(server.url)).rejects.toMatchObject({ code: 'archive-silent' })
    expect(await closed.promise).toBe(1000)
  })

  it('is left cleanly and by name when events come on and on, as from a server that goes on live', async () => {
    const closed = Promise.withResolvers<number>()
    await using server = await openPodServer(async socket => {
      socket.on('close', code => closed.resolve(code))
      for (let i = 0; socket.readyState === socket.OPEN; i++) {
        socket.send(`event ${i}`)
        await real.sleep(200)
      }
    })
    await expect(readAt(server.url)).rejects.toMatchObject({ code: 'archive-endless' })
    expect(await closed.promise).toBe(1000)
  })

  it('whose events come slowly is read to its end', async () => {
    await using server = await openPodServer(async socket => {
      for (let i = 0; i < 8; i++) {
        socket.send(`event ${i}`)
        await real.sleep(200)
      }
      socket.close(1000)
    })
    const pages = await readAt(server.url)
    expect(pages.flatMap(page => page.events)).toHaveLength(8)
  })
})
