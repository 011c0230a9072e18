import { describe, expect, it } from 'vitest'
import { pid, result, seconds } from '../../../src/mapping/values/sendmail.ts'

it.each([
  ['00:00:00', 0],
  ['00:01:02', 62],
  ['2+03:04:05', 2 * 86_400 + 3 * 3600 + 4 * 60 + 5],
  ['100:00:00', 360_000],
  ['00:60:00', undefined],
  ['999999999999999:00:00', undefined],
  ['12', undefined],
  ['-00:00:01', undefined],
  ['', undefined],
])('seconds reads %j as %j', (text, expected) => {
  expect(seconds(text)).toBe(expected)
})

it.each([
  ['Sent', 'sent'],
  ['Sent (2.0.0 OK: queued as 4TEST)', 'sent'],
  ['Deferred: Connection refused by mx.example.com.', 'deferred'],
  ['User unknown', 'user_unknown'],
  ["Can't create output", 'cant_create_output'],
  ['I/O error', 'i_o_error'],
  [' queued ', 'queued'],
  ['Größe', 'größe'],
  ['(only detail)', undefined],
  ['', undefined],
])('result reads %j as %j', (stat, expected) => {
  expect(result(stat)).toBe(expected)
})

describe('pid', () => {
  it('is the number behind the program', () => {
    const line =
      '2022-08-25T17:06:21.935763-07:00 m0169160 sendmail[22003]: 27PNO8ta032355: to=/dev/null, stat=Sent'
    expect(pid(line)).toBe(22003)
  })

  it('is undefined when there is none', () => {
    expect(pid('sendmail: to=[192.0.2.1], stat=Sent')).toBeUndefined()
    expect(pid('')).toBeUndefined()
  })
})
