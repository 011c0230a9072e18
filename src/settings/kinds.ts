import { parseRehearsal, parseTime } from '../clock.ts'

/** How the text of a setting is read, and how its form is told to people. */
export interface SettingKind<T> {
  readonly form: string
  /** Undefined when the text is not of the form. White space around it does not count. */
  read(text: string): T | undefined
}

const readBy = <T>(form: string, read: (trimmed: string) => T | undefined): SettingKind<T> => ({
  form,
  read: text => read(text.trim()),
})

const urlOf = (text: string, scheme: RegExp): string | undefined =>
  scheme.test(text) && URL.canParse(text) ? text : undefined

export const text = readBy('text', raw => raw || undefined)
export const path = readBy('a path', raw => raw || undefined)
export const boolean = readBy('true or false', raw => {
  const word = raw.toLowerCase()
  return word === 'true' || word === 'false' ? word === 'true' : undefined
})
export const webSocketUrl = readBy('a wss:// URL', raw => urlOf(raw, /^wss?:\/\//i))
export const httpUrl = readBy('an https:// URL', raw => urlOf(raw, /^https?:\/\//i))

export const choice = <const T extends string>(...values: T[]): SettingKind<T> =>
  readBy(values.map(value => `\`${value}\``).join(', '), raw => values.find(value => value === raw))

/** A comma-separated, non-empty list without repetition. */
export const listOf = <const T extends string>(...values: T[]): SettingKind<readonly T[]> =>
  readBy(`a list of ${values.join(', ')}`, raw => {
    const items = [...new Set(raw.split(',').map(item => item.trim()))]
    return items.every(item => (values as string[]).includes(item)) ? (items as T[]) : undefined
  })

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 } as const

const readDuration = (raw: string): number | undefined => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(raw) ?? []
  return amount && unit ? Number(amount) * SECONDS[unit as keyof typeof SECONDS] * 1_000 : undefined
}

/** Milliseconds. */
export const duration = readBy('a duration such as 30s, 45m, 6h or 7d', readDuration)

export const durationOrOff = readBy('a duration such as 6h, or off', raw =>
  raw === 'off' ? ('off' as const) : readDuration(raw),
)

const BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 } as const

/** Bytes. */
export const size = readBy('a size such as 900KiB, 32MiB or 1GB', raw => {
  const [, amount, unit] = /^(\d+)\s?(B|KiB|MiB|GiB|kB|KB|MB|GB)$/.exec(raw) ?? []
  return amount && unit ? Number(amount) * BYTES[unit as keyof typeof BYTES] : undefined
})

/** The same, of `least` at least. */
export const sizeFrom = (least: string): SettingKind<number> =>
  readBy(`a size of ${least} or more, such as 32MiB`, raw => {
    const bytes = size.read(raw)
    return bytes !== undefined && bytes >= size.read(least)! ? bytes : undefined
  })

export const integer = (least: number, most: number): SettingKind<number> =>
  readBy(`a whole number from ${least} to ${most}`, raw => {
    const value = /^\d+$/.test(raw) ? Number(raw) : Number.NaN
    return value >= least && value <= most ? value : undefined
  })

/** A share, from 0 to 1. */
export const percent = readBy('a share such as 10%', raw => {
  const value = /^\d+(?:\.\d+)?%$/.test(raw) ? Number.parseFloat(raw) / 100 : Number.NaN
  return value <= 1 ? value : undefined
})

/** Where a stream without state begins: now, a duration back (ms), or a time (ms since 1970). */
export type Start = { readonly at: 'now' } | { readonly backMs: number } | { readonly timeMs: number }

export const start = readBy<Start>(
  'now, a duration back such as 24h, or a time such as 2026-11-22T00:00:00Z',
  raw => {
    if (raw === 'now') return { at: 'now' }
    const backMs = readDuration(raw)
    if (backMs !== undefined) return { backMs }
    const timeMs = parseTime(raw)
    return timeMs === undefined ? undefined : { timeMs }
  },
)

export const rehearsal = readBy('a clock such as 60x@2026-11-22T02:00:00Z', parseRehearsal)
