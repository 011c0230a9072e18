/** The mapper of one kind: its table is made ready once, then used for every event. */
import type { Attributes, HrTime } from '@opentelemetry/api'
import type { Kind, LogRecord, Mapper, RawEvent } from '../pipeline.ts'
import type { ValueOf } from './attributes/attribute.ts'
import type { AttributeName, TypeOf } from './attributes.ts'
import { type Body, bodyOf } from './body.ts'
import { createCollector } from './collect.ts'
import { limited, limitedText } from './limits.ts'
import type { MapperOptions } from './mapper.ts'
import { planOf, saysNothing } from './plan.ts'
import { type Reading, read } from './reading.ts'
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

export function kindMapper(kind: Kind, options: MapperOptions): Mapper {
  const eventName = `proofpoint.${kind}`
  const family = kind.startsWith('pod.') ? 'pod' : 'tap'
  const { resource, scope } = options.origin(kind)
  const plan =
    kind === 'tap.unknown'
      ? undefined
      : planOf(tables[kind], { anyCase: family === 'tap', attributes: options.attributes })

  const unknown = new Set<string>()
  const noteUnknown = (path: string): boolean => {
    if (unknown.size < MAX_UNKNOWN_PATHS) unknown.add(path)
    return unknown.size < MAX_UNKNOWN_PATHS
  }
  const isUnknownAsked = options.unmappedList || options.onUnknown !== undefined
  const collect = plan && createCollector(plan.tree, isUnknownAsked ? noteUnknown : undefined)

  function understand(event: RawEvent): Understanding {
    unknown.clear()
    const reading = read(event)
    try {
      return understood(reading)
    } catch {
      return failed(reading, contentUid(eventName, '', reading.text, 0))
    }
  }

  function understood(reading: Reading): Understanding {
    const slots = typeof reading.content === 'object' ? collect?.(reading.content) : undefined
    const created = slots && plan?.created(slots)
    const identity = slots && plan?.identity?.(slots)
    const uid = uidOf(reading, family, eventName, identity, created?.ms ?? 0)
    return { reading, slots, created, uid, isFailed: false }
  }

  function failed(reading: Reading, uid: string): Understanding {
    unknown.clear()
    return { reading, slots: undefined, created: undefined, uid, isFailed: true }
  }

  /** `error.type`: what of the event could not be read. */
  function faultOf({
    reading: { content, withoutContent },
    slots,
    created,
    isFailed,
  }: Understanding): string | undefined {
    if (isFailed) return 'mapping_failed'
    if (typeof content === 'string') return content
    if (!slots) return 'unknown_kind'
    if (!created) return 'invalid_timestamp'
    if (saysNothing(plan?.name(slots))) return 'missing_id'
    return isOversize(withoutContent.text) ? 'oversize' : undefined
  }

  /** Whatever fails, here or in a callback: one record, without facts. */
  function map(event: RawEvent, mostBodyBytes = Number.POSITIVE_INFINITY): LogRecord {
    const understanding = understand(event)
    const maxBytes = Math.min(options.maxRecordBytes, mostBodyBytes)
    try {
      return recordOf(event, understanding, maxBytes)
    } catch {
      return recordOf(event, failed(understanding.reading, understanding.uid), maxBytes)
    }
  }

  function recordOf(event: RawEvent, understanding: Understanding, maxBytes: number): LogRecord {
    const { reading, slots, created, uid } = understanding
    const fault = faultOf(understanding)

    const attributes: Attributes = {}
    const cut: string[] = []
    put(attributes, 'log.record.uid', uid)
    if (options.eventNameAttribute) put(attributes, 'otel.event.name', eventName)
    if (slots) writeFacts(attributes, slots, cut)
    if (fault) put(attributes, 'error.type', fault)
    if (!reading.isUtf8) put(attributes, 'proofpoint.body.invalid_utf8', true)
    if (unknown.size > 0) tellUnknown(attributes, cut)
    const body = writeBody(attributes, reading, fault ? undefined : slots, { cut, maxBytes })
    if (cut.length > 0) put(attributes, 'proofpoint.truncated.attributes', cut)

    const observed = hrTime(event.observedAt)
    const time = (options.timestamp === 'occurred' && slots && plan?.occurred(slots)) || created
    const derived = (slots && plan?.severity(slots)) ?? INFO
    const severity = fault ? atLeastWarn(derived) : derived
    const record: LogRecord = {
      uid,
      eventName,
      hrTime: time?.hrTime ?? observed,
      hrTimeObserved: observed,
      severityNumber: severity.number,
      severityText: limitedText(severity.text),
      body: body?.value,
      attributes,
      droppedAttributesCount: 0,
      resource,
      instrumentationScope: scope,
    }
    return body?.originalSize === undefined ? record : { ...record, cut: true }
  }

  function writeFacts(attributes: Attributes, slots: Slots, cut: string[]): void {
    for (const { name, value } of plan?.attributes ?? []) {
      const fact = value(slots)
      if (saysNothing(fact) || attributes[name] !== undefined) continue
      if (name === 'proofpoint.cluster.id' && fact === resource.attributes[name]) continue
      attributes[name] = limited(name, fact, cut)
    }
  }

  function tellUnknown(attributes: Attributes, cut: string[]): void {
    if (options.onUnknown) for (const path of unknown) options.onUnknown(kind, path)
    if (options.unmappedList)
      attributes['proofpoint.unmapped.fields'] = limited('proofpoint.unmapped.fields', [...unknown], cut)
  }

  /** `slots`: undefined when something could not be read; then the body is the text, whatever the mode. */
  function writeBody(
    attributes: Attributes,
    reading: Reading,
    slots: Slots | undefined,
    { cut, maxBytes }: { readonly cut: string[]; readonly maxBytes: number },
  ): Body | undefined {
    const mode = slots ? options.body : 'original'
    if (mode === 'none') return undefined
    const isSummary = mode === 'message'
    const text = isSummary ? slots && plan?.summary(slots)?.toWellFormed() : keptText(reading)
    if (text === undefined) return undefined
    const body = bodyOf(text, isSummary ? 'original' : mode, maxBytes)
    const removed = [...(isSummary ? [] : removedContent(reading)), ...body.removed]
    if (removed.length > 0)
      attributes['proofpoint.body.removed_fields'] = limited('proofpoint.body.removed_fields', removed, cut)
    if (body.originalSize !== undefined) {
      put(attributes, 'proofpoint.body.truncated', true)
      put(attributes, 'proofpoint.body.original_size', body.originalSize)
    }
    return body
  }

  const keptText = ({ text, withoutContent }: Reading): string =>
    options.content === 'keep' ? text : withoutContent.text
  const removedContent = ({ withoutContent }: Reading): readonly string[] =>
    options.content === 'keep' ? [] : withoutContent.removed

  return { map, uid: event => understand(event).uid, text: event => keptText(read(event)) }
}

// A UTF-16 code unit takes at most three bytes.
const isOversize = (text: string): boolean =>
  text.length * 3 > MAX_EXPECTED_BYTES && Buffer.byteLength(text) > MAX_EXPECTED_BYTES

function put<N extends AttributeName>(attributes: Attributes, name: N, value: ValueOf[TypeOf<N>]): void {
  attributes[name] = value
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}
