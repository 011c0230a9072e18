/** The mapper of one kind: its table is made ready once, then used for every event. */
import type { HrTime } from '@opentelemetry/api'
import type { Kind, LogRecord, Mapper, RawEvent, RecordWriter, Written } from '../pipeline.ts'
import type { ValueOf } from './attributes/attribute.ts'
import type { AttributeName, TypeOf } from './attributes.ts'
import { type Body, bodyOf } from './body.ts'
import { limited, limitedText } from './limits.ts'
import type { MapperOptions } from './mapper.ts'
import { type Fact, planOf, saysNothing } from './plan.ts'
import { createReader, type Reading } from './reading.ts'
import { recordOf } from './record-object.ts'
import type { Copied } from './scan/copier.ts'
import { noCuts } from './scan/cuts.ts'
import { atLeastWarn, INFO } from './severity.ts'
import type { Slots } from './slots.ts'
import { tables } from './tables.ts'
import { uidOf } from './uid.ts'
import type { EventTime } from './values/time.ts'
import { contentUid } from './values/uid.ts'

/** Of text without message content; a larger event is marked, since nothing that Proofpoint documents comes near it. */
const MAX_EXPECTED_BYTES = 4 * 1024 * 1024

/** Of one event no more unknown paths than these are told. */
const MAX_UNKNOWN_PATHS = 100

/** What an event comes to before a record is written. */
interface Understanding {
  readonly reading: Reading
  /** Undefined when no fact could be read. */
  readonly slots: Slots | undefined
  readonly created: EventTime | undefined
  readonly uid: string
  /** True when the mapping itself failed: a fault of this project, never of the event. */
  readonly isFailed: boolean
}

export function kindMapper(kind: Kind, options: MapperOptions): Required<Mapper> {
  const eventName = `proofpoint.${kind}`
  const family = kind.startsWith('pod.') ? 'pod' : 'tap'
  const { resource, scope } = options.origin(kind)
  const clusterOfResource = resource.attributes['proofpoint.cluster.id']
  const plan =
    kind === 'tap.unknown'
      ? undefined
      : planOf(tables[kind], { anyCase: family === 'tap', attributes: options.attributes })
  // `writeFacts` looks at `error.type`, so that it is never copied; of the cluster it leaves out the one that the resource has.
  const copiesOf = ({ name, copies }: Fact): Fact['copies'] => {
    if (!copies || name === 'error.type') return undefined
    return name === 'proofpoint.cluster.id'
      ? { ...copies, needless: String(clusterOfResource ?? '') }
      : copies
  }
  const facts = (plan?.attributes ?? []).map(fact => ({ ...fact, copies: copiesOf(fact) }))
  const allAsked: Copied = {
    bytes: Buffer.alloc(0),
    length: 0,
    asked: facts.length,
    places: Int32Array.from(facts.flatMap((_, number) => [number, 0])),
  }

  const unknown = new Set<string>()
  const note = (path: string): boolean => {
    if (unknown.size < MAX_UNKNOWN_PATHS) unknown.add(path)
    return unknown.size < MAX_UNKNOWN_PATHS
  }
  const isUnknownAsked = options.unmappedList || options.onUnknown !== undefined
  /** A set that is cleared has new memory, which the old one keeps alive until the next whole garbage collection (measured). */
  const forgetUnknown = () => {
    if (unknown.size > 0) unknown.clear()
  }
  const read = createReader(kind, plan, facts, isUnknownAsked ? { note, restart: forgetUnknown } : undefined)

  function understand(event: RawEvent): Understanding {
    forgetUnknown()
    const reading = read(event)
    try {
      return understood(reading, event.uid)
    } catch {
      return failed(reading, event.uid ?? contentUid(eventName, '', reading.text(), 0))
    }
  }

  function understood(reading: Reading, knownUid: string | undefined): Understanding {
    const slots = reading.slots()
    const created = slots && plan?.created(slots)
    const identity = slots && plan?.identity?.(slots)
    const uid = knownUid ?? uidOf(reading, family, eventName, identity, created?.ms ?? 0)
    return { reading, slots, created, uid, isFailed: false }
  }

  function failed(reading: Reading, uid: string): Understanding {
    forgetUnknown()
    return { reading, slots: undefined, created: undefined, uid, isFailed: true }
  }

  /** `error.type`: what of the event could not be read. */
  function faultOf({ reading, slots, created, isFailed }: Understanding): string | undefined {
    if (isFailed) return 'mapping_failed'
    if (reading.unreadable) return reading.unreadable
    if (!slots) return 'unknown_kind'
    if (!created) return 'invalid_timestamp'
    if (saysNothing(plan?.name(slots))) return 'missing_id'
    // What is scanned is smaller.
    return !reading.scanned && isOversize(reading.withoutContent().text) ? 'oversize' : undefined
  }

  /** Whatever fails, here or in a callback: one record, without facts. */
  function write(event: RawEvent, out: RecordWriter, mostBodyBytes = Number.POSITIVE_INFINITY): Written {
    const understanding = understand(event)
    const maxBytes = Math.min(options.maxRecordBytes, mostBodyBytes)
    try {
      return writeRecord(event, understanding, maxBytes, out)
    } catch {
      out.drop()
      // Read again: a callback may have had another event read meanwhile.
      return writeRecord(event, failed(read(event), understanding.uid), maxBytes, out)
    }
  }

  function writeRecord(
    event: RawEvent,
    understanding: Understanding,
    maxBytes: number,
    out: RecordWriter,
  ): Written {
    const { reading, slots, created, uid } = understanding
    const fault = faultOf(understanding)
    const observed = hrTime(event.observedAt)
    const time = (options.timestamp === 'occurred' && slots && plan?.occurred(slots)) || created
    const derived = (slots && plan?.severity(slots)) ?? INFO
    const severity = fault ? atLeastWarn(derived) : derived
    out.begin({
      eventName,
      hrTime: time?.hrTime ?? observed,
      hrTimeObserved: observed,
      severityNumber: severity.number,
      severityText: limitedText(severity.text),
      droppedAttributesCount: 0,
      resource,
      instrumentationScope: scope,
    })
    const body = writeBody(reading, fault ? undefined : slots, maxBytes, out)

    const cut: string[] = []
    put(out, 'log.record.uid', uid)
    if (options.eventNameAttribute) put(out, 'otel.event.name', eventName)
    const saysError = slots ? writeFacts(reading, slots, fault, cut, out) : false
    if (fault && !saysError) put(out, 'error.type', fault)
    if (!reading.isUtf8) put(out, 'proofpoint.body.invalid_utf8', true)
    if (unknown.size > 0) tellUnknown(cut, out)
    if (body.removed.length > 0) putLimited(out, 'proofpoint.body.removed_fields', [...body.removed], cut)
    if (body.originalSize !== undefined) {
      put(out, 'proofpoint.body.truncated', true)
      put(out, 'proofpoint.body.original_size', body.originalSize)
    }
    if (cut.length > 0) put(out, 'proofpoint.truncated.attributes', cut)
    out.end()
    return body.originalSize === undefined ? { uid } : { uid, cut: true }
  }

  /** Of the facts that are asked, 1 for each that is written, or one of its name before it. Of those copied `SAID` of layout.ts knows. */
  const said = new Uint8Array(facts.length)
  /** `fault` stands in place of an error that the event itself tells of; true when there was one. */
  function writeFacts(
    { scanned }: Reading,
    slots: Slots,
    fault: string | undefined,
    cut: string[],
    out: RecordWriter,
  ): boolean {
    const copier = out.keyValues && scanned?.copier
    const { bytes, length, asked, places } = copier?.copied() ?? allAsked
    let written = 0
    const writeCopied = (end: number) => {
      if (end > written) out.keyValues?.(bytes, written, end)
      written = end
    }
    let saysError = false
    said.fill(0)
    for (let i = 0; i < asked; i++) {
      const number = places[2 * i]!
      const { name, value, before } = facts[number]!
      if (before >= 0 && said[before] === 1) said[number] = 1
      const fact = said[number] === 1 ? undefined : value(slots)
      copier?.remember(number, saysNothing(fact) ? undefined : fact)
      if (saysNothing(fact) || (name === 'proofpoint.cluster.id' && fact === clusterOfResource)) continue
      said[number] = 1
      if (name === 'error.type') saysError = true
      writeCopied(places[2 * i + 1]!)
      out.attribute(name, name === 'error.type' && fault ? fault : limited(name, fact, cut))
    }
    writeCopied(length)
    return saysError
  }

  function tellUnknown(cut: string[], out: RecordWriter): void {
    if (options.onUnknown) for (const path of unknown) options.onUnknown(kind, path)
    if (options.unmappedList) putLimited(out, 'proofpoint.unmapped.fields', [...unknown], cut)
  }

  /** `slots`: undefined when something could not be read; then the body is the text, whatever the mode. */
  function writeBody(
    reading: Reading,
    slots: Slots | undefined,
    maxBytes: number,
    out: RecordWriter,
  ): Omit<Body, 'value'> {
    const mode = slots ? options.body : 'original'
    if (mode === 'none') return nothing
    const { scanned } = reading
    if (mode === 'original' && scanned && scanned.bytes.length <= maxBytes) {
      const { places, paths } = options.content === 'keep' ? noCuts : scanned.content
      out.bodyBytes(scanned.bytes, places)
      return { removed: paths, originalSize: undefined }
    }
    const isSummary = mode === 'message'
    const text = isSummary ? slots && plan?.summary(slots)?.toWellFormed() : keptText(reading)
    if (text === undefined) return nothing
    const { value, removed, originalSize } = bodyOf(text, isSummary ? 'original' : mode, maxBytes)
    out.body(value)
    return { removed: isSummary ? removed : [...removedContent(reading), ...removed], originalSize }
  }

  const keptText = (reading: Reading): string =>
    options.content === 'keep' ? reading.text() : reading.withoutContent().text
  const removedContent = (reading: Reading): readonly string[] =>
    options.content === 'keep' ? [] : reading.withoutContent().removed

  return {
    map: (event, mostBodyBytes): LogRecord => recordOf(out => write(event, out, mostBodyBytes)),
    write,
    uid: event => event.uid ?? understand(event).uid,
    text: event => keptText(read(event)),
  }
}

const nothing: Omit<Body, 'value'> = { removed: [], originalSize: undefined }

// A UTF-16 code unit takes at most three bytes.
const isOversize = (text: string): boolean =>
  text.length * 3 > MAX_EXPECTED_BYTES && Buffer.byteLength(text) > MAX_EXPECTED_BYTES

const put = <N extends AttributeName>(out: RecordWriter, name: N, value: ValueOf[TypeOf<N>]): void =>
  out.attribute(name, value)

const putLimited = (out: RecordWriter, name: AttributeName, value: string[], cut: string[]): void =>
  out.attribute(name, limited(name, value, cut))

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}
