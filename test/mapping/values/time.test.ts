import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoOf, parseTime } from '../../../src/mapping/values/time.ts'

const isoOfText = (text: string): string | undefined => {
  const time = parseTime(text)
  return time && isoOf(time)
}

describe('parseTime', () => {
  it('keeps the digits of the source, in all forms', () => {
    expect(parseTime('2024-05-22T12:10:03.058340-0700')).toEqual({
      ms: Date.UTC(2024, 4, 22, 19, 10, 3, 58),
      hrTime: [Date.UTC(2024, 4, 22, 19, 10, 3) / 1000, 58_340_000],
      fraction: '058340',
    })
  })

  it.each([
    ['2024-05-22T12:10:03-07:00', '2024-05-22T19:10:03Z'],
    ['2024-05-22T12:10:03+05:30', '2024-05-22T06:40:03Z'],
    ['2024-05-22T12:10:03+0530', '2024-05-22T06:40:03Z'],
    ['2024-05-22T12:10:03+00', '2024-05-22T12:10:03Z'],
    ['2024-05-22T12:10:03-0000', '2024-05-22T12:10:03Z'],
    ['2024-05-22T12:10:03', '2024-05-22T12:10:03Z'],
    ['2024-05-22t12:10:03z', '2024-05-22T12:10:03Z'],
    ['2024-05-22 12:10:03 +0000', '2024-05-22T12:10:03Z'],
    [' 2024-05-22T12:10:03Z\n', '2024-05-22T12:10:03Z'],
    ['2024-05-22T12:10Z', '2024-05-22T12:10:00Z'],
    ['2024-05-22T12:10:03,5Z', '2024-05-22T12:10:03.5Z'],
    ['2024-05-22T12:10:03.000Z', '2024-05-22T12:10:03.000Z'],
    ['2024-12-31T23:30:00-01:00', '2025-01-01T00:30:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
  ])('reads %j', (text, expected) => {
    expect(isoOfText(text)).toBe(expected)
  })

  it('cuts what is finer than nanoseconds, except in the text', () => {
    const time = parseTime('2024-05-22T12:10:03.12345678999Z')
    expect(time?.hrTime[1]).toBe(123_456_789)
    expect(time?.ms).toBe(Date.UTC(2024, 4, 22, 12, 10, 3, 123))
    expect(time && isoOf(time)).toBe('2024-05-22T12:10:03.12345678999Z')
  })

  it('reads the leap second as the second after it, and no other second 60', () => {
    expect(isoOfText('2016-12-31T23:59:60Z')).toBe('2017-01-01T00:00:00Z')
    expect(isoOfText('2016-12-31T15:59:60.5-0800')).toBe('2017-01-01T00:00:00.5Z')
    expect(parseTime('2016-12-31T12:00:60Z')).toBeUndefined()
    expect(parseTime('2016-12-31T23:59:60-0800')).toBeUndefined()
  })

  it.each([
    '0070-01-01T00:00:00Z',
    '0099-12-31T00:00:00Z',
    '',
    'yesterday',
    '2024-05-22',
    '20240522T121003Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:61Z',
    '2024-01-01T00:00:00.Z',
    '2024-01-01T00:00:00+24:00',
    '2024-01-01T00:00:00+01:60',
    '2024-01-01T00:00:00PST',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00+00:01',
    '2262-04-11T23:47:16.854775808Z',
    '2263-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '1716379803',
  ])('is undefined for %j', text => {
    expect(parseTime(text)).toBeUndefined()
  })

  it('holds the last nanosecond of a signed 64-bit count', () => {
    const [seconds, nanos] = parseTime('2262-04-11T23:47:16.854775807Z')?.hrTime ?? [0, 0]
    expect(BigInt(seconds) * 10n ** 9n + BigInt(nanos)).toBe(2n ** 63n - 1n)
  })

  it('reads every time in every zone as Date does', () => {
    const two = (value: number) => String(value).padStart(2, '0')
    fc.assert(
      fc.property(
        fc.integer({ min: 86_400_000, max: 9_223_000_000_000 }),
        fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }),
        fc.constantFrom('', ':'),
        (ms, offset, colon) => {
          const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1)
          const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${colon}${two(Math.abs(offset) % 60)}`
          const time = parseTime(local + zone)
          expect(time?.ms).toBe(ms)
          expect(time && isoOf(time)).toBe(new Date(ms).toISOString())
          expect(parseTime((time && isoOf(time)) ?? '')).toEqual(time)
        },
      ),
    )
  })
})
