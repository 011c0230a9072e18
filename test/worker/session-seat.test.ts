/** Whole workers in virtual time: a seat that is taken, a stream that is silent. */
import { describe, expect, it } from 'vitest'
import { connect } from '../simulator/client.ts'
import { rehearsed } from '../support/rehearsed-worker.ts'
import { soon } from '../support/unreachable-pod.ts'
import { account, logOf, secrets } from '../support/worker.ts'

const MINUTE = 60_000

describe('a stranger with the same token', () => {
  it('keeps the seat for ten minutes, is asked for it now and then, is named, and the worker goes on when it leaves', async () => {
    await using proofpoint = await rehearsed(100, { rates: { message: 0.2 } })
    const { clock, simulator, collector } = proofpoint
    const stranger = await connect(simulator.podUrl, { token: secrets.token, cid: account.clusterId })
    await using running = proofpoint.run()
    const refusals = () => simulator.ledger.answers.pod['409'] ?? 0
    await expect.poll(refusals, soon).toBeGreaterThan(0)
    await clock.sleep(10 * MINUTE)
    expect(refusals()).toBeGreaterThanOrEqual(3)
    expect(refusals()).toBeLessThanOrEqual(30)
    expect(stranger.ws.readyState).toBe(stranger.ws.OPEN)
    expect(stranger.frames.length).toBeGreaterThan(10)
    expect(collector.taken).toEqual([])
    const lines = logOf(running).filter(line => line.code === 'pod-session-stranger')
    expect(lines[0]?.msg).toMatch(/HTTP 409.*Stop the other program.*Waiting helps; next try in \d+ s/)
    for (const { msg } of lines) expect(Number(/in (\d+) s\.$/.exec(msg)?.[1])).toBeGreaterThanOrEqual(5)
    stranger.ws.close(1000)
    await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(0)
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
  })
})

describe('a server that accepts and sends nothing', () => {
  it('is named for messages and not for audit, and what it sends later is told and arrives', async () => {
    await using proofpoint = await rehearsed(
      600,
      { rates: { message: 0.05 } },
      { PROOFPOINT_POD_STREAMS: 'message,audit' },
    )
    const { simulator, collector } = proofpoint
    simulator.control({ command: 'silent', type: 'message', on: true })
    await using running = proofpoint.run()
    await expect
      .poll(() => logOf(running).find(line => line.code === 'pod-quiet')?.msg, soon)
      .toMatch(/pod\/message.*for \d+ min no event came\. .*If mail flows: .*Waiting helps/)
    expect(running.err()).not.toContain('events come again')
    simulator.control({ command: 'silent', type: 'message', on: false })
    simulator.control({ command: 'closeWith', type: 'message', code: 1001 })
    await expect.poll(() => running.err(), soon).toContain('pod/message@example_hosted: events come again')
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(collector.taken).toHaveLength(simulator.ledger.sent.message.live)
    expect(logOf(running).filter(line => line.code && line.stream?.includes('audit'))).toEqual([])
  })
})
