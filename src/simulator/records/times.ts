/** How Proofpoint writes times. */

/** An agent's zone and the way it is written: without colon, but for old maillog records. */
export const zones = ['-0700', '+0000', '-0700', '-0800', '-07:00'] as const
export type Zone = (typeof zones)[number]

const hours = (zone: Zone) => Number(zone.slice(0, 3))

/** Whole microseconds since 1970 as `2024-05-22T12:10:03.058340-0700`. */
export function podTime(us: number, zone: Zone): string {
  const ms = Math.floor(us / 1000)
  const local = new Date(ms + hours(zone) * 3_600_000).toISOString().slice(0, -1)
  return `${local}${String(us - ms * 1000).padStart(3, '0')}${zone}`
}

/** Milliseconds since 1970 as `2022-01-01T00:45:55.050Z`. */
export const tapTime = (ms: number): string => new Date(ms).toISOString()

/** Seconds as sendmail writes a delay: `00:00:07`, from one day on `1+02:03:04`. */
export function delayText(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const days = Math.floor(seconds / 86_400)
  const clock = `${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`
  return days > 0 ? `${days}+${clock}` : clock
}
