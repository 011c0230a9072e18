/**
 * The way of an event from its frame into a request, without sockets: time a record, and the ratio to `toString` and
 * `JSON.parse` of the same frames. `node bench/mapping.ts [message|maillog]`
 */

import { batchOf, split } from '../src/batch.ts'
import { elapsed } from '../src/clock.ts'
import { createMapper, mapperDefaults } from '../src/mapping/mapper.ts'
import { planOf } from '../src/mapping/plan.ts'
import { createScanner } from '../src/mapping/scan/scanner.ts'
import { tables } from '../src/mapping/tables.ts'
import { origins } from '../src/otlp/resource.ts'
import { protobufSerializer } from '../src/otlp/serialize.ts'
import type { RawEvent } from '../src/pipeline.ts'
import { CLUSTER, podFrames } from './inputs.ts'

const RECORDS = 2_000
const WARM_UP = 10
const ROUNDS = 20
const type = process.argv[2] === 'maillog' ? 'maillog' : 'message'

/** As the worker makes it: with the drift sentinel. */
let unknown = 0
const mapper = createMapper({
  origin: origins({ product: 'pod', account: CLUSTER, version: '0.0.0', attributes: {} }),
  ...mapperDefaults,
  onUnknown: () => unknown++,
})
const serialize = protobufSerializer()

const frames = podFrames(type)
const events = Array.from(
  { length: RECORDS },
  (_, i): RawEvent => ({
    kind: `pod.${type}`,
    bytes: frames.next().value,
    observedAt: Date.UTC(2026, 10, 22) + i,
  }),
)

const { tree, used } = planOf(tables[`pod.${type}`], { anyCase: false, attributes: 'core' })
const scan = createScanner(tree, { used, hasContent: type === 'message', onUnknown: () => true })

const stages: Readonly<Record<string, () => void>> = {
  parse() {
    for (const { bytes } of events) JSON.parse(bytes.toString())
  },
  scan() {
    for (const { bytes } of events) scan(bytes)
  },
  'scan and uid'() {
    for (const event of events) mapper.uid(event)
  },
  'map and encode'() {
    for (const slice of split(events)) serialize(batchOf(slice, mapper)).release()
  },
}

/** Microseconds a record of each stage's fastest round, which other processes disturbed least. */
const fastest = new Map<string, number>()
for (let round = 0; round < WARM_UP + ROUNDS; round++)
  for (const [name, work] of Object.entries(stages)) {
    const before = elapsed()
    work()
    const us = ((elapsed() - before) / RECORDS) * 1_000
    if (round >= WARM_UP) fastest.set(name, Math.min(us, fastest.get(name) ?? us))
  }

const bytes = Math.round(events.reduce((sum, { bytes }) => sum + bytes.length, 0) / RECORDS)
console.log(`${bytes} bytes a record; unknown paths: ${unknown}`)
for (const [name, us] of fastest)
  console.log(`${name.padEnd(16)}${us.toFixed(1).padStart(6)} us  ${(us / fastest.get('parse')!).toFixed(2)}`)
