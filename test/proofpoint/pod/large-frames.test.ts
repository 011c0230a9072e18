import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { real } from '../../../src/clock.ts'
import type { RawEvent } from '../../../src/pipeline.ts'
import { frames } from '../../../src/proofpoint/pod/frames.ts'
import { openSocket } from '../../../src/proofpoint/pod/handshake.ts'
import { turns } from '../../../src/proofpoint/pod/turns.ts'
import { openPodServer } from '../../support/pod-server.ts'

const MIB = 2 ** 20
const never = new AbortController().signal

describe('a turn', () => {
  it('is taken at once if it is nobody’s, else in the order in which it was asked for', () => {
    const { take } = turns()
    const taken: string[] = []
    const end = take(() => taken.push('a'))
    const giveUp = take(() => taken.push('b'))
    take(() => taken.push('c'))
    expect(taken).toEqual(['a'])
    giveUp()
    end()
    expect(taken).toEqual(['a', 'c'])
    end()
    expect(taken).toEqual(['a', 'c'])
  })
})

/** Sessions of one worker on a server that sends each of them a small frame, a large one and another small one. */
async function sessions(count: number, largeBytes: number, blockedMs?: number) {
  const server = await openPodServer(socket => {
    socket.send('before')
    socket.send(Buffer.alloc(largeBytes, 0x20))
    socket.send('after')
  })
  const largeTurns = turns()
  const open = async () => {
    const url = new URL(server.url)
    const socket = await openSocket({ url, token: 'x', agent: undefined, heldLately: false }, never)
    const calm = { kind: 'pod.message', clock: real, waitingBytes: 64 * MIB, idleMs: 100 } as const
    const options = { ...calm, largeTurns, ...(blockedMs && { blockedMs }) }
    return frames(socket!, options, never)
  }
  const pages = await Promise.all(Array.from({ length: count }, open))
  return { pages, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const sizes = (page: readonly RawEvent[]) => page.map(({ bytes }) => bytes.length)

/** The sizes of what comes until a frame of so many bytes is there. */
async function until(pages: AsyncGenerator<RawEvent[]>, bytes: number): Promise<number[]> {
  const seen: number[] = []
  while (!seen.includes(bytes)) seen.push(...sizes((await pages.next()).value))
  return seen
}

describe('frames over 4 MiB', () => {
  it('are taken one at a time: the next one when the page of the one before is delivered', async () => {
    await using both = await sessions(2, 6 * MIB)
    const [first, second] = both.pages as [AsyncGenerator<RawEvent[]>, AsyncGenerator<RawEvent[]>]
    await until(first, 6 * MIB)
    expect(await until(second, 6)).toEqual([6])
    const large = until(second, 6 * MIB)
    expect(await Promise.race([large, sleep(300, 'waits')])).toBe('waits')
    // Whoever asks for the next page has delivered the last one.
    const next = first.next()
    expect(await large).toContain(6 * MIB)
    await Promise.all([first.return(undefined), second.return(undefined), next])
  })

  it('are not waited for by smaller ones', async () => {
    await using both = await sessions(2, 4 * MIB - 100_000)
    const [first, second] = both.pages as [AsyncGenerator<RawEvent[]>, AsyncGenerator<RawEvent[]>]
    await until(first, 4 * MIB - 100_000)
    await until(second, 4 * MIB - 100_000)
  })

  it('that wait for long end the session cleanly: everything that was sent is yielded', async () => {
    await using both = await sessions(2, 6 * MIB, 200)
    const [first, second] = both.pages as [AsyncGenerator<RawEvent[]>, AsyncGenerator<RawEvent[]>]
    await until(first, 6 * MIB)
    const seen: number[] = []
    const read = async () => {
      for await (const page of second) seen.push(...sizes(page))
    }
    await expect(read()).rejects.toMatchObject({ code: 'delivery-blocked' })
    expect(seen).toEqual([6, 6 * MIB, 5])
  })
})
