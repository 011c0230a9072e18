import { describe, expect, it } from 'vitest'
import { HOUR_MS, hourOf } from '../../../src/clock.ts'
import type { Page } from '../../../src/pipeline.ts'
import { podArchiveSource } from '../../../src/proofpoint/pod/archive.ts'
import { seat } from '../../../src/proofpoint/pod/seat.ts'
import type { SimulatorOptions } from '../../../src/simulator/options.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { identityOf } from '../../../src/simulator/streams.ts'
import { jumpingClock } from '../../simulator/client.ts'

const NOW = Date.parse('2026-11-22T10:50:00Z')
const HOUR = hourOf(NOW) - HOUR_MS
const account = { clusterId: 'example_hosted', tokens: ['token'], principal: 'principal', secret: 'secret' }

async function archive(pod: SimulatorOptions['pod'] = {}) {
  const clock = jumpingClock(NOW)
  const simulator = await startSimulator({ ...account, clock, rates: { message: 0.2 }, pod })
  const read = async (hour: number, stop = new AbortController().signal) => {
    const pages: Page[] = []
    const source = podArchiveSource(
      {
        url: simulator.podUrl,
        clusterId: account.clusterId,
        type: 'message',
        token: async () => 'token',
        seat: seat(clock),
        agent: undefined,
        clock,
        waitingBytes: 1_000_000,
        known: () => false,
      },
      { hour, id: 7 },
    )
    for await (const page of source.read(undefined, stop)) pages.push(page)
    return { source, pages }
  }
  return { simulator, read, [Symbol.asyncDispose]: () => simulator.close() }
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
    await expect(proofpoint.read(HOUR, AbortSignal.timeout(20))).resolves.toBeDefined()
  })
})
