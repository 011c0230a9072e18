/** Every setting of the worker's own, once. The OTEL_* ones are declared beside the exporter that obeys them. */
import { podTypes } from '../proofpoint/pod/types.ts'
import type { SettingKind } from './kinds.ts'
import * as as from './kinds.ts'

export interface Setting<T = unknown> {
  readonly name: string
  readonly kind: SettingKind<T>
  /** As it would be written; none: absent unless given. */
  readonly default?: string
  readonly meaning: string
  /** A secret may be given by value or as `<NAME>_FILE`; neither is ever printed. */
  readonly secret?: true
}

/** A setting that always has a value. */
const preset = <T>(name: string, kind: SettingKind<T>, fallback: string, meaning: string) => ({
  name,
  kind,
  default: fallback,
  meaning,
})
const optional = <T>(name: string, kind: SettingKind<T>, meaning: string) => ({ name, kind, meaning })
const secret = (name: string, meaning: string) => ({ name, kind: as.text, meaning, secret: true as const })

export const table = {
  podClusterId: optional(
    'PROOFPOINT_POD_CLUSTER_ID',
    as.text,
    'The PoD cluster, like `example_hosted`; with a token it switches PoD on.',
  ),
  podToken: secret('PROOFPOINT_POD_TOKEN', 'The PoD Log API token. A file is read again at each connect.'),
  podArchiveToken: secret(
    'PROOFPOINT_POD_ARCHIVE_TOKEN',
    'A second PoD token, with which hours are read again from the archive beside the live session. Without it the live session makes room for that, for at most 20 minutes at a time.',
  ),
  podStreams: preset(
    'PROOFPOINT_POD_STREAMS',
    as.listOf(...podTypes),
    podTypes.join(','),
    'The PoD streams to read. One that fails does not stop the others.',
  ),
  podRepair: preset(
    'PROOFPOINT_POD_REPAIR',
    as.choice('never', 'suspect', 'always'),
    'suspect',
    'Which hours are read again from the archive; those that `backfill` asks for always are. With `always` those of unbroken live delivery too, an hour after their end, or as much later as events were seen to come late (24 hours at most).',
  ),
  podUrl: preset(
    'PROOFPOINT_POD_URL',
    as.webSocketUrl,
    'wss://logstream.proofpoint.com:443/v1/stream',
    'The PoD Log API. `ws://` only for a loopback host.',
  ),
  tapPrincipal: optional(
    'PROOFPOINT_TAP_PRINCIPAL',
    as.text,
    'The TAP service principal; with its secret it switches TAP on.',
  ),
  tapSecret: secret(
    'PROOFPOINT_TAP_SECRET',
    'The secret of the TAP service principal. A file is read again for each request.',
  ),
  tapUrl: preset(
    'PROOFPOINT_TAP_URL',
    as.httpUrl,
    'https://tap-api-v2.proofpoint.com',
    'The TAP SIEM API. `http://` only for a loopback host.',
  ),
  tapInterval: preset('PROOFPOINT_TAP_INTERVAL', as.duration, '60s', 'The time between two polls.'),
  tapLookBack: preset(
    'PROOFPOINT_TAP_LOOK_BACK',
    as.duration,
    '45m',
    'How far each poll reads back, because events are indexed up to 30 minutes late.',
  ),
  tapSweep: preset(
    'PROOFPOINT_TAP_SWEEP',
    as.durationOrOff,
    '6h',
    'How long after it ended each hour is read once more; `off` leaves hours unverified.',
  ),
  tapDailyRequests: preset(
    'PROOFPOINT_TAP_DAILY_REQUESTS',
    as.integer(24, 1_000_000),
    '1800',
    'The request quota of rolling 24 hours.',
  ),
  tapBackfillShare: preset(
    'PROOFPOINT_TAP_BACKFILL_SHARE',
    as.percent,
    '10%',
    'The share of the quota that is left for backfill, which uses no more; an hour takes one request.',
  ),
  stateDir: preset(
    'PROOFPOINT_STATE_DIR',
    as.path,
    './proofpoint-otel-state',
    'The directory of the state file; one worker a directory.',
  ),
  start: preset(
    'PROOFPOINT_START',
    as.start,
    'now',
    'Where a stream without state begins: `now`, a duration back (up to 30d, TAP 7d) or a time.',
  ),
  body: preset(
    'PROOFPOINT_BODY',
    as.choice('original', 'structured', 'message', 'none'),
    'original',
    'The record body: the source text, a map, a short display text, or nothing.',
  ),
  acceptFieldLoss: preset(
    'PROOFPOINT_ACCEPT_FIELD_LOSS',
    as.boolean,
    'false',
    'Lets the bodies `message` and `none` run although fields without an attribute are lost with them.',
  ),
  attributes: preset(
    'PROOFPOINT_ATTRIBUTES',
    as.choice('core', 'full'),
    'core',
    'Which attributes a record carries; see the field reference.',
  ),
  content: preset(
    'PROOFPOINT_CONTENT',
    as.choice('remove', 'keep'),
    'remove',
    'Whether message content (`dataBase64`, `textExtracted`) is taken out of the body.',
  ),
  timestamp: preset(
    'PROOFPOINT_TIMESTAMP',
    as.choice('created', 'occurred'),
    'created',
    'The time of a TAP record: when the event was created (the later of event and threat) or when it occurred.',
  ),
  eventNameAttribute: preset(
    'PROOFPOINT_EVENT_NAME_ATTRIBUTE',
    as.boolean,
    'false',
    'Repeats the event name as the attribute `otel.event.name`, for stores without event names.',
  ),
  unmappedList: preset(
    'PROOFPOINT_UNMAPPED_LIST',
    as.boolean,
    'false',
    'Names fields without an attribute in `proofpoint.unmapped.fields`.',
  ),
  maxRecordBytes: preset(
    'PROOFPOINT_MAX_RECORD_BYTES',
    as.size,
    '900KiB',
    'The largest body. Of a larger one whole values are taken out, the record is marked, and the whole becomes a dead letter.',
  ),
  maxInFlight: preset(
    'PROOFPOINT_MAX_IN_FLIGHT',
    as.integer(1, 64),
    '6',
    'Batches on their way to the collector at once, of all streams together; a batch has 512 events at most. A busy PoD stream has six pages to deliver: 6 batches of message, 12 of maillog. Raise it, to 12 or 18, when several streams are busy, or maillog is, and the collector answers slowly: when collector-slow comes, or delivery-blocked without collector-unavailable. For a lone message stream more than 6 is of no use: raise PROOFPOINT_MAX_BUFFER_BYTES. What waits stays within PROOFPOINT_MAX_BUFFER_BYTES.',
  ),
  maxBufferBytes: preset(
    'PROOFPOINT_MAX_BUFFER_BYTES',
    as.sizeFrom('1MiB'),
    '36MiB',
    'What may wait in the worker, of all streams together: at sockets, in pages, and as requests on their way. One event may be larger. Raise it for a lone message stream, archives or TAP when the collector answers slowly (for several busy streams PROOFPOINT_MAX_IN_FLIGHT first), and the memory limit of the container by twice as much.',
  ),
  deadLetterBytes: preset(
    'PROOFPOINT_DEAD_LETTER_BYTES',
    as.size,
    '256MiB',
    'The room for dead letters. What was perhaps delivered, and oversize originals, make room first.',
  ),
  deadLetterPolicy: preset(
    'PROOFPOINT_DEAD_LETTER_POLICY',
    as.choice('hold', 'oldest-out'),
    'hold',
    'What happens when refused ones fill that room: the stream waits, or the oldest go, counted.',
  ),
  logLevel: preset(
    'PROOFPOINT_LOG_LEVEL',
    as.choice('error', 'warn', 'info', 'debug'),
    'info',
    "The worker's own log, on stderr.",
  ),
  logFormat: optional(
    'PROOFPOINT_LOG_FORMAT',
    as.choice('json', 'pretty'),
    'Its form; by default `pretty` on a terminal, else `json`.',
  ),
  rehearsalClock: optional(
    'PROOFPOINT_REHEARSAL_CLOCK',
    as.rehearsal,
    'Runs in virtual time, `<factor>x@<virtual time>[/<real time>]`; only with loopback URLs.',
  ),
} as const satisfies Record<string, Setting>
