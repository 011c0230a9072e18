/** Whole workers that cannot know what became of a session: what may have been sent into it is suspect. */
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { HOUR_MS } from '../../src/clock.ts'
import { readState } from '../../src/state/read.ts'
import { type PodServer, podServer } from '../support/pod-server.ts'
import { rehearsed } from '../support/rehearsed-worker.ts'
import { soon } from '../support/unreachable-pod.ts'
import { logOf } from '../support/worker.ts'

const TEST_MS = 60_000

/** A worker that collects audit events, which are rare, from this server. */
async function collecting(factor: number, server: PodServer) {
  const world = await rehearsed(factor, {}, { PROOFPOINT_POD_STREAMS: 'audit' })
  const running = world.run({ PROOFPOINT_POD_URL: server.url })
  await expect.poll(() => running.err(), soon).toContain('is open')
  return {
    clock: world.clock,
    running,
    /** Of the hours that touch the span. */
    states(from: number, to: number) {
      const reader = readState(world.state)
      const hours = reader.hours({ from, to })
      reader.close()
      return hours.map(({ state }) => state)
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}

async function acceptingServer() {
  const sockets: WebSocket[] = []
  const server = await podServer(async (_, accept) => sockets.push(await accept()))
  return { server, sockets }
}

describe('a worker that was stopped for hours, as in a frozen machine,', () => {
  it('has not held the session that the server ended in order meanwhile: the hours are suspect', {
    timeout: TEST_MS,
  }, async () => {
    const { server, sockets } = await acceptingServer()
    await using _ = server
    await using worker = await collecting(3_600, server)
    const { clock, running, states } = worker
    running.signal('SIGSTOP')
    const from = clock.now()
    sockets[0]!.close(1001)
    await clock.sleep(4 * HOUR_MS)
    const to = clock.now()
    running.signal('SIGCONT')
    await expect.poll(() => sockets.length, soon).toBe(2)
    await expect.poll(() => new Set(states(from, to)), soon).toEqual(new Set(['suspect']))
    // The line may still be on its way from the process.
    await expect.poll(() => logOf(running).map(({ code }) => code), soon).toContain('pod-gap')
  })

  it('holds the session still that the server has kept open: the hours stay live', {
    timeout: TEST_MS,
  }, async () => {
    const { server, sockets } = await acceptingServer()
    await using _ = server
    await using worker = await collecting(3_600, server)
    const { clock, running, states } = worker
    running.signal('SIGSTOP')
    const from = clock.now()
    await clock.sleep(4 * HOUR_MS)
    running.signal('SIGCONT')
    const to = clock.now()
    await expect.poll(() => states(from, to).at(-1), soon).toBe('live')
    sockets[0]!.close(1001)
    await expect.poll(() => sockets.length, soon).toBe(2)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(new Set(states(from, to))).toEqual(new Set(['live']))
    expect(logOf(running).map(({ code }) => code)).not.toContain('pod-gap')
  })
})

describe('a worker whose handshake is not answered', () => {
  it('suspects that a session was opened, and says so', { timeout: TEST_MS }, async () => {
    const sockets: WebSocket[] = []
    await using server = await podServer(async (connection, accept) => {
      if (server.requests.length === 2) connection.resetAndDestroy()
      else sockets.push(await accept())
    })
    await using worker = await collecting(1, server)
    const { clock, running, states } = worker
    const at = clock.now()
    expect(states(at, at + 1)).toEqual(['live'])
    sockets[0]!.close(1001)
    await expect.poll(() => sockets.length, soon).toBe(2)
    await expect.poll(() => states(at, at + 1), soon).toEqual(['suspect'])
    const { msg } = logOf(running).find(({ code }) => code === 'pod-unanswered') ?? {}
    expect(msg).toMatch(/the answer to the handshake was lost: .*Waiting helps/)
  })
})
