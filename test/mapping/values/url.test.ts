import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactUrl } from '../../../src/mapping/values/url.ts'

describe('redactUrl', () => {
  it.each([
    ['https://user:secret@Example.com/x', 'https://REDACTED:REDACTED@Example.com/x', 'example.com'],
    ['https://user@example.com:8443/x', 'https://REDACTED@example.com:8443/x', 'example.com'],
    ['https://good.example@evil.test/', 'https://REDACTED@evil.test/', 'evil.test'],
    ['https://a:b@good.example@evil.test/', 'https://REDACTED:REDACTED@evil.test/', 'evil.test'],
    ['ftp://:secret@host/file', 'ftp://REDACTED:REDACTED@host/file', 'host'],
    ['https:\\\\user:secret@example.com\\x', 'https:\\\\REDACTED:REDACTED@example.com\\x', 'example.com'],
    ['//user:secret@example.com/x', '//REDACTED:REDACTED@example.com/x', 'example.com'],
    ['https://x.test/?a=1&sig=abc%3D&b=2', 'https://x.test/?a=1&sig=REDACTED&b=2', 'x.test'],
    ['https://x.test/?Signature=a=b#sig=c', 'https://x.test/?Signature=REDACTED#sig=c', 'x.test'],
    [
      'https://x.test?X-Amz-Signature=1&X-Amz-Credential=2&X-Amz-Security-Token=3&AWSAccessKeyId=4&X-Goog-Signature=5',
      'https://x.test?X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED&X-Amz-Security-Token=REDACTED&AWSAccessKeyId=REDACTED&X-Goog-Signature=REDACTED',
      'x.test',
    ],
    ['user:secret@Example.com/x', 'REDACTED:REDACTED@Example.com/x', 'example.com'],
    ['<https://user:secret@x.test/>', '<https://REDACTED:REDACTED@x.test/>', 'x.test'],
    ['"https://user:secret@x.test/"', '"https://REDACTED:REDACTED@x.test/"', 'x.test'],
    ['\u0001\u200bhttps://user:secret@x.test', '\u0001\u200bhttps://REDACTED:REDACTED@x.test', 'x.test'],
    ['ht\ttps:/\n/user:secret@x.test/', 'https://REDACTED:REDACTED@x.test/', 'x.test'],
    ['view-source:https://user:secret@x.test/', 'view-source:https://REDACTED:REDACTED@x.test/', 'x.test'],
    ['blob:https:user:secret@x.test/', 'blob:https:REDACTED:REDACTED@x.test/', 'x.test'],
    ['URL: https://user:secret@x.test/', 'URL: https://REDACTED:REDACTED@x.test/', 'x.test'],
    ['example.com/?sig=abc', 'example.com/?sig=REDACTED', 'example.com'],
  ])('redacts %j', (text, full, domain) => {
    expect(redactUrl(text)).toEqual({ full, domain, changed: true })
  })

  it.each([
    ['https://Example.COM/A%2fb?SIG=x&Sig=y&design=z&sig=#f', 'example.com'],
    ['https://host#user:secret@x', 'host'],
    ['https://host?user:secret@x', 'host'],
    ['https://host/a@b:c', 'host'],
    ['https://good.example\\@evil.test/', 'good.example'],
    ['https://[2001:DB8::1]:443/', '[2001:db8::1]'],
    ['https://bücher.example./', 'bücher.example.'],
    ['http://192.0.2.1:80', '192.0.2.1'],
    ['example.com:8080/path', 'example.com'],
    ['www.Example.com', 'www.example.com'],
    ['https://REDACTED:REDACTED@x.test/?sig=REDACTED', 'x.test'],
  ])('leaves %j', (text, domain) => {
    expect(redactUrl(text)).toEqual({ full: text, domain, changed: false })
  })

  it.each([
    '',
    'mailto:user@example.com',
    '<mailto:user@example.com>',
    'javascript:alert(1)',
    'just words. and more',
    'https://',
    'https:///',
    'https://a b/',
    'https://host:port/',
    '/path/only',
    '?sigh=1',
  ])('finds no domain in %j', text => {
    expect(redactUrl(text)).toEqual({ full: text, changed: false })
  })

  it('takes a text of megabytes', () => {
    const long = 'a.'.repeat(4_000_000)
    expect(redactUrl(long).domain).toBeUndefined()
    expect(redactUrl(`https://user:${long}@x.test/`).full).toBe('https://REDACTED')
    expect(redactUrl(`https://u:secret@x.test/?sig=${long}`).full).toBe(
      'https://REDACTED:REDACTED@x.test/?sig=REDACTED',
    )
  })

  it('leaves no secret of a URL, and agrees with the URL parser about its host', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,6}$/)
    fc.assert(
      fc.property(word, word, word, word, (user, host, path, key) => {
        const text = `https://${user}:hunter2@${host}.test/${path}?${key}=1&sig=hunter2#${path}`
        const { full, domain } = redactUrl(text)
        expect(full).not.toContain('hunter2')
        expect(domain).toBe(new URL(text).hostname)
        expect(redactUrl(full).changed).toBe(false)
      }),
    )
  })

  it('agrees with the URL parser about any authority that it takes', () => {
    const piece = fc.constantFrom('a', 'b.test', '@', ':', ':80', '/', '\\', '?', '#', '.', '-')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
        const text = `https://${pieces.join('')}`
        const url = URL.parse(text)
        if (url && url.hostname !== '') expect(redactUrl(text).domain).toBe(url.hostname)
      }),
    )
  })
})
