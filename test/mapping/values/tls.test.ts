import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ianaCipher, loggedIanaCipher, tlsVersion } from '../../../src/mapping/values/tls.ts'

describe('tlsVersion', () => {
  it.each([
    ['TLSv1.2', { version: '1.2', name: 'tls', established: true }],
    [' tlsv1.3 ', { version: '1.3', name: 'tls', established: true }],
    ['TLSv1', { version: '1', name: 'tls', established: true }],
    ['SSLv3', { version: '3', name: 'ssl', established: true }],
    ['NONE', { established: false }],
    ['unknown', { established: true }],
    ['', undefined],
    [' ', undefined],
  ])('reads %j', (text, expected) => {
    expect(tlsVersion(text)).toEqual(expected)
  })
})

describe('ianaCipher', () => {
  const pairs = readFileSync(new URL('ciphers.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.split(' ') as [string, string])

  it('knows every suite that OpenSSL knows', () => {
    expect(pairs.length).toBeGreaterThan(100)
    expect(pairs.map(([openssl]) => [openssl, ianaCipher(openssl)])).toEqual(pairs)
  })

  it('returns IANA names as they are', () => {
    expect(pairs.map(([, iana]) => ianaCipher(iana))).toEqual(pairs.map(([, iana]) => iana))
  })

  it.each(['ECDHE-RSA-AES256-GCM', 'NONE', '', 'PSK-AES128-CBC-SHA', 'TLS_INVENTED', 'constructor'])(
    'is undefined for %j',
    name => {
      expect(ianaCipher(name)).toBeUndefined()
    },
  )
})

describe('loggedIanaCipher', () => {
  it.each([
    ['ECDHE-RSA-AES128-SHA', undefined],
    [' ECDHE-RSA-AES256-SHA ', undefined],
    ['ECDHE-RSA-AES256-GCM', undefined],
    ['TLS_AES_256_GCM_SHA3', undefined],
    ['DHE-RSA-AES128-SHA', 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA'],
    ['ECDHE-RSA-AES128-SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256'],
    ['ECDHE-RSA-AES256-GCM-SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  ])('reads %j as %j', (name, expected) => {
    expect(loggedIanaCipher(name)).toBe(expected)
  })
})
