/**
 * How grave an event is. For TAP and PoD messages 17 and above says that a threat reached somebody, 13 and above that a
 * threat was there; in maillog and audit 17 is a failed delivery or an error. 21 (FATAL) would be a broken service: never
 * a threat. OpenTelemetry, logs data model, "Field: SeverityNumber".
 */
export interface Severity {
  readonly number: number
  /** The source's own word where it has one, else OpenTelemetry's short name. */
  readonly text: string
}

const SHORT_NAMES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

/** A severity number, 1 to 24, with its short name: 9 is INFO, 10 is INFO2. */
export function severity(number: number): Severity {
  const step = (number - 1) % 4
  return { number, text: `${SHORT_NAMES[(number - 1 - step) / 4]}${step === 0 ? '' : step + 1}` }
}

export const INFO = severity(9)
export const INFO2 = severity(10)
export const WARN = severity(13)
export const WARN2 = severity(14)
export const ERROR = severity(17)
export const ERROR2 = severity(18)
export const ERROR3 = severity(19)

/** For an event of which something could not be read. */
export const atLeastWarn = (given: Severity): Severity => (given.number < WARN.number ? WARN : given)
