import { describe, expect, it } from 'vitest'
import { ip, relay } from '../../../src/mapping/values/network.ts'

describe('ip', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    [' [192.0.2.1] ', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[IPv6:2001:DB8::1]', '2001:db8::1'],
    ['ipv6:::1', '::1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['400.000.000', undefined],
    ['256.1.1.1', undefined],
    ['192.0.2.1:25', undefined],
    ['fe80::1%eth0', undefined],
    ['localhost', undefined],
    ['', undefined],
    ['[]', undefined],
  ])('reads %j as %j', (text, expected) => {
    expect(ip(text)).toBe(expected)
  })
})

describe('relay', () => {
  it.each([
    ['mx.Example.COM. [192.0.2.1]', { host: 'mx.example.com', ip: '192.0.2.1' }],
    ['[IPv6:2001:DB8::1]', { ip: '2001:db8::1' }],
    ['mx.example.com. [IPv6:2001:db8::1]', { host: 'mx.example.com', ip: '2001:db8::1' }],
    ['user@example.com [192.0.2.1]', { host: 'example.com', ip: '192.0.2.1' }],
    ['root@localhost', { host: 'localhost' }],
    ['mx.example.com. [192.0.2.1] (may be forged)', { host: 'mx.example.com', ip: '192.0.2.1' }],
    ['[192.0.2.1] (may be forged)', { ip: '192.0.2.1' }],
    ['[127.0.0.1] [127.0.0.1]', { ip: '127.0.0.1' }],
    ['192.0.2.1', { ip: '192.0.2.1' }],
    ['mx.example.com [400.0.0.0]', { host: 'mx.example.com' }],
    ['local', { host: 'local' }],
    ['', {}],
  ])('reads %j', (text, expected) => {
    expect(relay(text)).toEqual(expected)
  })
})
