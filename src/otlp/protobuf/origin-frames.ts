/** What stands around the records of a group: resource, scope and their schema URLs, encoded once. */
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { writeInt, writeKeyValues, writeString } from './any-value.ts'
import { close, createOutput, type Output, putOpening } from './output.ts'

/** Tags: the field's number in the message, and its wire type. Resource and scope have the same number in their groups. */
const RESOURCE = 0x0a
const RESOURCE_ATTRIBUTES = 0x0a
const RESOURCE_DROPPED_ATTRIBUTES_COUNT = 0x10
const SCOPE = 0x0a
const SCOPE_NAME = 0x0a
const SCOPE_VERSION = 0x12
const SCOPE_ATTRIBUTES = 0x1a
const SCOPE_DROPPED_ATTRIBUTES_COUNT = 0x20
const SCHEMA_URL = 0x1a

type Resource = ReadableLogRecord['resource']
type Scope = ReadableLogRecord['instrumentationScope']

const FIRST_BYTES = 1_024

/** The fields of a group before and after those it is there for. */
export interface Frame {
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/** Of ResourceLogs. */
export const resourceFrame = oncePerObject<Resource>((out, { attributes }) => {
  const start = putOpening(out, RESOURCE, 0)
  writeKeyValues(out, RESOURCE_ATTRIBUTES, attributes)
  writeInt(out, RESOURCE_DROPPED_ATTRIBUTES_COUNT, 0)
  close(out, start, 0)
})

/** Of ScopeLogs. */
export const scopeFrame = oncePerObject<Scope>((out, scope) => {
  const start = putOpening(out, SCOPE, 0)
  writeString(out, SCOPE_NAME, scope.name)
  if (scope.version) writeString(out, SCOPE_VERSION, scope.version)
  writeKeyValues(out, SCOPE_ATTRIBUTES, scope.attributes ?? {})
  if (scope.droppedAttributesCount)
    writeInt(out, SCOPE_DROPPED_ATTRIBUTES_COUNT, scope.droppedAttributesCount)
  close(out, start, 0)
})

function oncePerObject<T extends object & { schemaUrl?: string }>(
  writeHead: (out: Output, object: T) => void,
): (object: T) => Frame {
  const frames = new WeakMap<T, Frame>()
  return object => {
    const known = frames.get(object)
    if (known) return known
    const { schemaUrl } = object
    const frame = {
      head: written(out => writeHead(out, object)),
      tail: written(out => schemaUrl && writeString(out, SCHEMA_URL, schemaUrl)),
    }
    frames.set(object, frame)
    return frame
  }
}

function written(write: (out: Output) => void): Uint8Array {
  const out = createOutput(FIRST_BYTES)
  write(out)
  return Uint8Array.from(out.bytes.subarray(0, out.at))
}
