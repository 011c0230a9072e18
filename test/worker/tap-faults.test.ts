/** What TAP may do to a whole worker, by a server that is told each answer. A poll is due each 300 ms. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { answerText, tapServer } from '../support/tap-server.ts'
import { account, logOf, stateDirectory, worker } from '../support/worker.ts'

const MINUTE = 60_000
const soon = { timeout: 30_000, interval: 50 }
const BEGIN = Date.parse('2026-11-22T02:20:00Z')

interface Event {
  readonly id: string
  readonly created: number
  /** What it says now; the parts in another order each time. */
  readonly says: (request: number) => object
}

/** A worker that has begun to read a TAP, which holds `events` and refuses every secret but the one that is right now. */
async function started() {
  const events: Event[] = []
  const directory = stateDirectory()
  onTestFinished(() => directory[Symbol.dispose]())
  const spec = `200x@${new Date(BEGIN).toISOString()}/${new Date(real.now()).toISOString()}`
  const clock = rehearsalClock(parseRehearsal(spec)!)
  const right = { secret: 'first-secret' }
  const tap = await tapServer(({ from, to, before, headers }, response) => {
    const [, given] = Buffer.from(headers.authorization?.slice(6) ?? '', 'base64')
      .toString()
      .split(':')
    if (given !== right.secret) return response.writeHead(401).end('Credentials did not pass authentication')
    response.setHeader('date', new Date(clock.now()).toUTCString())
    const messagesBlocked = events
      .filter(({ created }) => created >= from && created < to && created <= clock.now())
      .map(({ id, created, says }) => ({
        GUID: id,
        id,
        messageTime: new Date(created).toISOString(),
        ...says(before),
      }))
    return response.end(answerText({ messagesBlocked }, to))
  })
  onTestFinished(() => tap.close())
  const collector = await judgingCollector(() => ({ status: 200 }))
  onTestFinished(() => collector[Symbol.asyncDispose]())
  const secretFile = join(directory.path, 'secret')
  writeFileSync(secretFile, 'first-secret\n')
  const running = worker({
    simulator: { podUrl: 'ws://127.0.0.1:1', tapUrl: tap.url },
    state: join(directory.path, 'state'),
    collector: new URL(collector.url).origin,
    env: {
      PROOFPOINT_REHEARSAL_CLOCK: spec,
      PROOFPOINT_POD_CLUSTER_ID: '',
      PROOFPOINT_POD_TOKEN: '',
      PROOFPOINT_TAP_SECRET: '',
      PROOFPOINT_TAP_SECRET_FILE: secretFile,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  })
  onTestFinished(() => running[Symbol.asyncDispose]())
  const of = (id: string) => collector.records.filter(({ body }) => JSON.parse(body).id === id)
  const coded = (code: string) => logOf(running).filter(line => line.code === code)
  // Nobody knows how much virtual time goes by before that.
  await expect.poll(() => tap.asked.length, soon).toBeGreaterThan(0)
  return { clock, events, tap, collector, running, right, secretFile, of, coded }
}

const steady = () => ({})

it('a secret that is rotated in place is used by the next request, and nothing is missed meanwhile', async () => {
  const { clock, events, tap, right, running, secretFile, of, coded } = await started()
  events.push({ id: 'before', created: clock.now() - 10 * MINUTE, says: steady })
  await expect.poll(() => of('before').length, soon).toBe(1)
  right.secret = 'second-secret'
  events.push({ id: 'during', created: clock.now(), says: steady })
  await expect.poll(() => coded('tap-unauthorized').length, soon).toBeGreaterThan(0)
  writeFileSync(secretFile, 'second-secret\n')
  await expect.poll(() => of('during').length, soon).toBe(1)
  expect(of('before')).toHaveLength(1)
  const used = tap.asked.map(({ headers }) =>
    Buffer.from(`${headers.authorization?.slice(6)}`, 'base64').toString(),
  )
  expect(new Set(used)).toEqual(
    new Set([`${account.principal}:first-secret`, `${account.principal}:second-secret`]),
  )
  running.signal('SIGTERM')
  expect(await running.ended).toBe(0)
  expect(running.err()).not.toContain('second-secret')
})

it('an event that only changes its order is one record, and an update of its threat is another', async () => {
  const parts = [{ sha256: 'a' }, { sha256: 'b' }, { sha256: 'c' }]
  let threatStatus = 'active'
  const { clock, events, tap, of, coded } = await started()
  events.push({
    id: 'shuffled',
    created: clock.now() - 5 * MINUTE,
    says: request => ({
      messageParts: request % 2 === 0 ? parts : parts.toReversed(),
      threatsInfoMap: [{ threatID: 't', threatStatus }],
    }),
  })
  await expect.poll(() => of('shuffled').length, soon).toBe(1)
  const asked = tap.asked.length
  await expect.poll(() => tap.asked.length, soon).toBeGreaterThan(asked + 4)
  expect(of('shuffled')).toHaveLength(1)
  threatStatus = 'cleared'
  await expect.poll(() => of('shuffled').length, soon).toBe(2)
  const [first, second] = of('shuffled')
  expect(first?.uid).not.toBe(second?.uid)
  expect(JSON.parse(second?.body ?? '').threatsInfoMap[0].threatStatus).toBe('cleared')
  expect(coded('tap-unsteady')).toEqual([])
})

it('an event that changes with every answer is delivered each time, said once and counted', async () => {
  const { clock, events, of, coded } = await started()
  events.push({ id: 'restless', created: clock.now() - MINUTE, says: request => ({ request }) })
  await expect.poll(() => of('restless').length, soon).toBeGreaterThan(19)
  expect(coded('tap-unsteady').length).toBeGreaterThan(0)
  expect(coded('tap-unsteady').length).toBeLessThan(3)
  expect(coded('tap-unsteady')[0]).toMatchObject({
    id: 'restless',
    repetitions: 1,
    stream: 'tap@example-principal',
  })
})
