import type { Exporter, LogRecord } from '../pipeline.ts'
import { printable } from '../printable.ts'

/** What a person looks for first, of every kind of records; only those that a record has are shown. */
const MAIN_ATTRIBUTES: readonly string[] = [
  'email.subject',
  'email.from.address',
  'proofpoint.envelope.recipients',
  'user.email',
  'url.full',
  'proofpoint.threat.top_classification',
  'proofpoint.tap.disposition',
  'proofpoint.pod.disposition',
  'proofpoint.pod.final_action',
  'proofpoint.pod.maillog.stat',
  'proofpoint.pod.audit.action',
  'proofpoint.pod.audit.outcome',
  'client.address',
  'error.type',
]
const MOST_SHOWN = 6
const LONGEST_VALUE = 96
const NAME_WIDTH = Math.max(...MAIN_ATTRIBUTES.map(name => name.length)) + 2

const ESC = '\u001b['
const WARN = 13
const ERROR = 17

/** Writes records for people to read: several lines each, whatever they contain. `write` says whether somebody reads them. */
export function consoleExporter(
  write: (text: string) => Promise<boolean>,
  { colour }: { colour: boolean },
): Exporter {
  const paint = (code: number, text: string) => (colour ? `${ESC}${code}m${text}${ESC}0m` : text)
  const bold = (text: string) => paint(1, text)
  const dim = (text: string) => paint(2, text)
  const bySeverity = (severity: number, text: string) =>
    paint(severity >= ERROR ? 31 : severity >= WARN ? 33 : 32, text)

  const show = (record: LogRecord): string => {
    const severity = printable(record.severityText || '-').padEnd(6)
    const title = [
      dim(timeText(record.hrTime)),
      bySeverity(record.severityNumber ?? 0, severity),
      bold(printable(record.eventName ?? '-')),
      dim(printable(record.uid)),
    ]
    const shown = MAIN_ATTRIBUTES.filter(name => record.attributes[name] !== undefined).slice(0, MOST_SHOWN)
    const hidden = Object.keys(record.attributes).length - shown.length
    return [
      title.join('  '),
      ...shown.map(name => `  ${dim(name.padEnd(NAME_WIDTH))}${valueText(record.attributes[name])}`),
      `  ${dim('body'.padEnd(NAME_WIDTH))}${valueText(record.body)}`,
      ...(hidden > 0 ? [`  ${dim(`and ${hidden} more attribute${hidden === 1 ? '' : 's'}`)}`] : []),
      '\n',
    ].join('\n')
  }

  return {
    async export(batch, abort) {
      abort.throwIfAborted()
      const isRead = await write(Array.from(batch, show).join(''))
      return isRead ? { status: 'accepted' } : { status: 'hold', reason: 'nobody reads the console any more' }
    },
    close: async () => {},
  }
}

function timeText([seconds, nanoseconds]: LogRecord['hrTime']): string {
  const time = new Date(seconds * 1_000 + Math.floor(nanoseconds / 1_000_000))
  return Number.isNaN(time.getTime()) ? 'no valid time' : time.toISOString().replace('T', ' ')
}

function valueText(value: unknown): string {
  const text = plainText(value)
  const rest = text.length - LONGEST_VALUE
  return rest > 0
    ? `${printable(text.slice(0, LONGEST_VALUE))}… (${text.length} characters)`
    : printable(text)
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return value.map(plainText).join(', ')
  return JSON.stringify(value) ?? '-'
}
