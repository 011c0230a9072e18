/** What damaged input is put through, and what must hold of each result. */

import { batchOf } from '../../src/batch.ts'
import { elapsed } from '../../src/clock.ts'
import { settingsOf } from '../../src/commands/settings.ts'
import { KnownError } from '../../src/errors.ts'
import { outcomeOf } from '../../src/otlp/outcome.ts'
import { protobufSerializer } from '../../src/otlp/serialize.ts'
import type { Mapper, RawEvent } from '../../src/pipeline.ts'
import { answerPages } from '../../src/proofpoint/tap/pages.ts'
import { type Draws, randomness } from '../../src/simulator/random.ts'
import { tapArrays } from '../../src/simulator/streams.ts'
import { accountMapper } from '../../src/worker/account-mapper.ts'
import { damagedEvents } from './corpus.ts'
import { recordsOf } from './counting-collector.ts'
import { mutated } from './mutate.ts'

export interface Counts {
  readonly inputs: number
  /** What went in as an event, and came out as a record on the wire. */
  readonly expected: number
  readonly records: number
  readonly faults: number
  readonly slowest: { readonly ms: number; readonly what: string }
}

export const noCounts: Counts = {
  inputs: 0,
  expected: 0,
  records: 0,
  faults: 0,
  slowest: { ms: 0, what: 'none' },
}

export const sum = (counts: readonly Counts[]): Counts =>
  counts.reduce(
    (all, one) => ({
      inputs: all.inputs + one.inputs,
      expected: all.expected + one.expected,
      records: all.records + one.records,
      faults: all.faults + one.faults,
      slowest: slower(all.slowest, one.slowest),
    }),
    noCounts,
  )

const slower = <T extends { readonly ms: number }>(a: T, b: T): T => (b.ms > a.ms ? b : a)

const OBSERVED_AT = Date.UTC(2026, 10, 22, 12)
const BATCH = 512
const UID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

/** Every way to map that settings allow and that takes a path of its own. */
const mappers: readonly Mapper[] = [
  {},
  { PROOFPOINT_ATTRIBUTES: 'full', PROOFPOINT_UNMAPPED_LIST: 'true' },
  { PROOFPOINT_BODY: 'structured' },
  { PROOFPOINT_CONTENT: 'keep', PROOFPOINT_MAX_RECORD_BYTES: '2KiB' },
  { PROOFPOINT_BODY: 'message', PROOFPOINT_ACCEPT_FIELD_LOSS: 'true', PROOFPOINT_TIMESTAMP: 'occurred' },
].map(env =>
  accountMapper(
    'pod',
    'example_hosted',
    settingsOf({ PROOFPOINT_POD_CLUSTER_ID: 'example_hosted', PROOFPOINT_POD_TOKEN: 'token', ...env }),
    () => {},
  ),
)

/** Frames, in batches, each mapped in one of the ways and encoded. */
export async function fuzzFrames(seed: number, from: number, count: number): Promise<Counts> {
  const damaged = damagedEvents(seed)
  let counts = noCounts
  for (let at = from; at < from + count; at += BATCH) {
    const size = Math.min(BATCH, from + count - at)
    const events = Array.from({ length: size }, (_, i) => ({ ...damaged(at + i), observedAt: OBSERVED_AT }))
    const name = (i: number) => `frame ${at + i}`
    counts = sum([counts, { ...sent(events, at / BATCH, seed, name), inputs: size, expected: size }])
  }
  return counts
}

/** Answers of TAP, half of them whole with damaged elements, half damaged themselves. */
export async function fuzzAnswers(seed: number, from: number, count: number): Promise<Counts> {
  const damaged = damagedEvents(seed + 1, ['tap.message.delivered', 'tap.click.blocked'])
  const drawsOf = randomness(seed, 'answers')
  let counts = noCounts
  for (let at = from; at < from + count; at++) {
    const draws = drawsOf(at)
    const elements = Array.from({ length: 4 }, (_, i) => damaged(4 * at + i).bytes).filter(isJson)
    const answer = answerOf(elements, draws)
    const isWhole = draws.chance(0.5)
    const began = elapsed()
    const { events, fault } = await pagesOf(isWhole ? answer : mutated(answer, answer, draws), draws)
    const isWrong = fault !== undefined || (isWhole && events.length !== elements.length)
    if (isWrong) tell(seed, `answer ${at}`, fault ?? `${events.length} of ${elements.length} elements`)
    const result = sent(events, at, seed, () => `answer ${at}`)
    counts = sum([
      counts,
      {
        ...result,
        inputs: 1,
        expected: events.length,
        faults: result.faults + Number(isWrong),
        slowest: slower(result.slowest, { ms: elapsed() - began, what: `answer ${at}` }),
      },
    ])
  }
  return counts
}

/** What a collector may answer: each must have a meaning. */
export async function fuzzCollectorAnswers(seed: number, from: number, count: number): Promise<Counts> {
  const drawsOf = randomness(seed, 'collector')
  let faults = 0
  for (let at = from; at < from + count; at++) {
    const draws = drawsOf(at)
    const body = mutated(draws.pick(collectorAnswers), draws.pick(collectorAnswers), draws)
    const headers = { 'content-type': draws.pick(contentTypes), 'retry-after': draws.pick(retryAfters) }
    const status = draws.pick([200, 202, 302, 400, 413, 429, 500, 503, draws.below(1_000)])
    try {
      outcomeOf({ status, headers, body }, OBSERVED_AT)
    } catch (error) {
      faults++
      tell(seed, `collector answer ${at}`, error)
    }
  }
  return { ...noCounts, inputs: count, faults }
}

const collectorAnswers = [
  Buffer.alloc(1),
  Buffer.from('{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}'),
  Buffer.from('{"code":3,"message":"bad request","details":[]}'),
  Buffer.from([10, 12, 8, 3, 18, 8, 116, 111, 111, 32, 111, 108, 100, 33]),
  Buffer.from('<html><body>Sign in</body></html>'),
]
const contentTypes = ['application/x-protobuf', 'application/json', 'text/html', 'text/plain', '', '\0']
const retryAfters = ['1', '-1', '1e9', 'Sun, 22 Nov 2026 12:00:30 GMT', 'soon', '']

/** Maps and encodes the events as one request; counts the records in its bytes. */
function sent(
  events: readonly RawEvent[],
  way: number,
  seed: number,
  name: (i: number) => string,
): Pick<Counts, 'records' | 'faults' | 'slowest'> {
  const mapper = mappers[Math.floor(way) % mappers.length]!
  let faults = 0
  let { slowest } = noCounts
  const mapped = events.flatMap((event, i) => {
    const began = elapsed()
    try {
      const record = mapper.map(event)
      slowest = slower(slowest, { ms: elapsed() - began, what: name(i) })
      if (UID.test(record.uid) && mapper.uid(event) === record.uid) return [record]
      tell(seed, name(i), `uid ${record.uid}`)
    } catch (error) {
      tell(seed, name(i), error)
    }
    faults++
    return []
  })
  if (mapped.length === 0) return { records: 0, faults, slowest }
  const request = protobufSerializer()(mapped).bytes
  const pieces = protobufSerializer()(batchOf(events, mapper)).bytes
  if (mapped.length === events.length && !Buffer.from(pieces).equals(request)) {
    tell(seed, `the batch of ${name(0)}`, 'written in pieces it differs')
    faults++
  }
  return { records: recordsOf(request).length, faults, slowest }
}

async function pagesOf(answer: Buffer, draws: Draws): Promise<{ events: RawEvent[]; fault?: unknown }> {
  const events: RawEvent[] = []
  async function* body() {
    for (let at = 0; at < answer.length; ) {
      const end = at + 1 + draws.below(2_000)
      yield answer.subarray(at, end)
      at = end
    }
  }
  const pages = answerPages(body(), OBSERVED_AT, page => ({ events: page, cursor: {} }))
  try {
    for (;;) {
      const { done, value } = await pages.next()
      events.push(...value.events)
      if (done) return { events }
    }
  } catch (error) {
    const isExpected = error instanceof KnownError && error.code === 'tap-broken-answer'
    return isExpected ? { events } : { events, fault: error }
  }
}

function answerOf(elements: readonly Buffer[], draws: Draws): Buffer {
  const parts = elements.flatMap((element, i) => (i === 0 ? [element] : [Buffer.from(','), element]))
  const head = `{"queryEndTime":"2026-11-22T12:00:00Z","${draws.pick(tapArrays)}":[`
  return Buffer.concat([Buffer.from(head), ...parts, Buffer.from(']}')])
}

export function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString())
    return true
  } catch {
    return false
  }
}

function tell(seed: number, what: string, fault: unknown): void {
  process.stdout.write(`seed ${seed}, ${what}: ${fault instanceof Error ? fault.stack : fault}\n`)
}
