import { createHash } from 'node:crypto'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  ATTR_TELEMETRY_DISTRO_NAME,
  ATTR_TELEMETRY_DISTRO_VERSION,
} from '@opentelemetry/semantic-conventions'
import type { Kind, LogRecord } from '../pipeline.ts'

/** Where a record comes from. Serializers group records by the identity of these objects. */
export interface Origin {
  readonly resource: Resource
  readonly scope: LogRecord['instrumentationScope']
}

export interface OriginOptions {
  readonly product: 'pod' | 'tap'
  /** The PoD cluster id, or the TAP service principal. */
  readonly account: string
  /** Of the records; by default `proofpoint-pod` or `proofpoint-tap`. */
  readonly serviceName?: string
  /** Of this program. */
  readonly version: string
  /** `OTEL_RESOURCE_ATTRIBUTES`; what this file gives itself goes before them. */
  readonly attributes: Readonly<Record<string, string>>
}

const DISTRO = 'proofpoint-otel'
/** Covers OpenTelemetry's names only. */
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0'
/** Of the rules by which attributes are made; grows when an attribute changes its meaning. */
const MAPPING_VERSION = '1'
/** The semantic conventions' namespace for `service.instance.id` made from an inherent id. */
const INSTANCE_NAMESPACE = '4d63009a-8d0f-11ee-aad7-4c796ed8e320'

/** The resource and scope of each kind of records of one account: the same objects at each call. */
export function origins({
  product,
  account,
  serviceName,
  version,
  attributes,
}: OriginOptions): (kind: Kind) => Origin {
  const resource = resourceFromAttributes(
    {
      ...attributes,
      [ATTR_SERVICE_NAME]: serviceName ?? `proofpoint-${product}`,
      [ATTR_SERVICE_NAMESPACE]: 'proofpoint',
      [ATTR_SERVICE_INSTANCE_ID]: uuidV5(INSTANCE_NAMESPACE, account),
      ...(product === 'pod' && { 'proofpoint.cluster.id': account }),
      [ATTR_TELEMETRY_DISTRO_NAME]: DISTRO,
      [ATTR_TELEMETRY_DISTRO_VERSION]: version,
    },
    { schemaUrl: SCHEMA_URL },
  )
  const byFormat = new Map<string, Origin>()
  return kind => {
    const format = formatOf(kind)
    const known = byFormat.get(format)
    if (known) return known
    const scope = {
      name: DISTRO,
      version,
      schemaUrl: SCHEMA_URL,
      attributes: { 'encoding.format': format, 'proofpoint.mapping.version': MAPPING_VERSION },
    }
    const origin = { resource, scope }
    byFormat.set(format, origin)
    return origin
  }
}

/** The shape of the source: `proofpoint.tap.message` for delivered and blocked ones alike. */
const formatOf = (kind: Kind): string => `proofpoint.${kind.split('.').slice(0, 2).join('.')}`

/** RFC 9562, 5.5. */
function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
