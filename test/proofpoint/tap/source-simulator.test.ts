import { Agent } from 'undici'
import { expect, test } from 'vitest'
import { real, rehearsalClock } from '../../../src/clock.ts'
import { KnownError } from '../../../src/errors.ts'
import type { Cursor } from '../../../src/pipeline.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { identityOf, tapArrays } from '../../../src/simulator/streams.ts'
import { budgetOf, HOUR, liveSource, MINUTE, NOW } from '../../support/tap-reader.ts'

const kindOf = {
  messagesDelivered: 'tap.message.delivered',
  messagesBlocked: 'tap.message.blocked',
  clicksPermitted: 'tap.click.permitted',
  clicksBlocked: 'tap.click.blocked',
} as const

test('hours of a simulated TAP with late events and faults are told completely', async () => {
  const clock = rehearsalClock({ factor: 5000, virtualAnchor: NOW, realAnchor: real.now() })
  const account = { principal: 'principal', secret: 's3cret' }
  const rates = { messagesDelivered: 0.02, messagesBlocked: 0.02, clicksPermitted: 0.01, clicksBlocked: 0.01 }
  const simulator = await startSimulator({
    clock,
    ...account,
    clusterId: 'example_hosted',
    tokens: [],
    rates,
    tap: { duplicates: 0.1, clockSkewMs: -7 * MINUTE, longestWindowMs: 50 * MINUTE },
  })
  for (const fault of ['500', 'broken', 'cut off', '429'] as const) {
    simulator.control({ command: 'failTap', fault, count: 1 })
  }
  const delivered = new Set<string>()
  const skews: number[] = []
  let settled = 0
  const source = liveSource({
    ...account,
    url: simulator.tapUrl,
    secret: async () => account.secret,
    intervalMs: MINUTE,
    lookBackMs: 45 * MINUTE,
    dailyRequests: 1800,
    start: NOW - 5 * HOUR,
    dispatcher: new Agent(),
    clock,
    backfillShare: 0.1,
    budget: budgetOf(clock),
    known: uid => delivered.has(uid),
    onSettled: ms => {
      settled = ms
    },
    onSkew: aheadMs => void skews.push(aheadMs),
    onHole: () => expect.fail('there is no hole'),
  })
  const stop = new AbortController()
  const faults: string[] = []
  let cursor: Cursor | undefined
  while (!stop.signal.aborted) {
    try {
      for await (const page of source.read(cursor, stop.signal)) {
        for (const { kind, bytes } of page.events) {
          delivered.add(`${kind} ${identityOf(JSON.parse(bytes.toString()))}`)
        }
        cursor = page.cursor
        if (settled > NOW + 3 * HOUR) stop.abort()
      }
    } catch (error) {
      if (!(error instanceof KnownError)) throw error
      faults.push(error.code)
    }
  }
  const { ledger } = simulator
  const existed = tapArrays.flatMap(array =>
    ledger
      .identities(array, NOW - 5 * HOUR, NOW + 3 * HOUR)
      .map(identity => `${kindOf[array]} ${identity}`)
      .toArray(),
  )
  await simulator.close()
  expect(faults.slice(0, 4)).toEqual(['tap-unavailable', 'tap-broken-answer', 'connect-failure', 'tap-quota'])
  // An answer is minutes on its way in this time, so that the skew looks larger than it is.
  expect(skews[0]).toBeLessThan(-5 * MINUTE)
  expect(existed.length).toBeGreaterThan(1000)
  expect(existed.filter(uid => !delivered.has(uid))).toEqual([])
})
