import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { address, addresses, mailboxes, messageId, nullSender } from '../../../src/mapping/values/address.ts'

describe('address', () => {
  it.each([
    ['user@example.com', 'user@example.com'],
    [' <User.Name@EXAMPLE.Com> ', 'User.Name@example.com'],
    ['< user@example.com >', 'user@example.com'],
    ['"odd@local"@Example.COM', '"odd@local"@example.com'],
    ['user@[IPv6:2001:DB8::1]', 'user@[ipv6:2001:db8::1]'],
    ['/dev/null', '/dev/null'],
    ['Postmaster', 'Postmaster'],
    ['<>', nullSender],
    [' <> ', '<>'],
    ['', undefined],
    ['  ', undefined],
    ['< >', undefined],
    ['<<a@B>>', '<a@b>'],
  ])('reads %j as %j', (text, expected) => {
    expect(address(text)).toBe(expected)
  })
})

describe('addresses', () => {
  it('removes blank ones and exact duplicates, in order', () => {
    expect(addresses(['b@X.com', '<a@x.com>', '', 'b@x.com', 'B@x.com', '<>'])).toEqual([
      'b@x.com',
      'a@x.com',
      'B@x.com',
      '<>',
    ])
  })
})

describe('messageId', () => {
  it.each([
    ['<1C30@Mail.Example>', '1C30@Mail.Example'],
    [' 1C30@mail.example ', '1C30@mail.example'],
    ['<>', undefined],
    ['', undefined],
    ['<unclosed@x', '<unclosed@x'],
  ])('reads %j as %j', (text, expected) => {
    expect(messageId(text)).toBe(expected)
  })
})

describe('mailboxes', () => {
  it.each<[string, string[]]>([
    ['user@example.com', ['user@example.com']],
    ['"Schweigert, Wendy" <wendy@EXAMPLE.edu>', ['wendy@example.edu']],
    ['A <a@x.com>, B <b@x.com>,c@x.com', ['a@x.com', 'b@x.com', 'c@x.com']],
    ['"He said \\"a@b.com, c@d.com\\"" <real@x.com>', ['real@x.com']],
    ['Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>', ['pete@silly.test']],
    ['(a@hidden.com (nested, b@hidden.com)) real@x.com', ['real@x.com']],
    ['undisclosed-recipients:;', []],
    [
      'A Group:Ed Jones <ed@a.test>,joe@where.test,John <jdoe@one.test>;',
      ['ed@a.test', 'joe@where.test', 'jdoe@one.test'],
    ],
    ['Friends: a@x.com;, b@y.com', ['a@x.com', 'b@y.com']],
    ['=?utf-8?Q?Doe,_John_<j@fake.com>?= <john@x.com>', ['john@x.com']],
    ['=?UTF-8?B?SsO8cmdlbg==?= =?UTF-8?Q?M=C3=BCller?= <jm@x.com>', ['jm@x.com']],
    ['"boss@example.com" <attacker@evil.test>', ['attacker@evil.test']],
    ['boss@example.com <attacker@evil.test>', ['attacker@evil.test']],
    ['"john doe"@x.com', ['"john doe"@x.com']],
    ['"a,b"@x.com, "c<d>"@x.com', ['"a,b"@x.com', '"c<d>"@x.com']],
    ['<@relay.a,@relay.b:user@x.com>', ['user@x.com']],
    ['user@[192.0.2.1], v6@[IPv6:2001:db8::1]', ['user@[192.0.2.1]', 'v6@[ipv6:2001:db8::1]']],
    ['Jörg <jörg@bücher.example>', ['jörg@bücher.example']],
    ['Folded Name\r\n <folded@\r\n x.com>', ['folded@x.com']],
    ['a@x.com; b@y.com', ['a@x.com', 'b@y.com']],
    ['A <a@x.com> B <b@x.com>', ['a@x.com', 'b@x.com']],
    ['<<twice@x.com>>', ['twice@x.com']],
    ['"Unclosed <a@x.com>, b@y.com', ['a@x.com', 'b@y.com']],
    ['Smile :( <a@x.com>, b@y.com', ['a@x.com', 'b@y.com']],
    ['Open <a@x.com, b@y.com', ['a@x.com', 'b@y.com']],
    ['=? <a@x.com>', ['a@x.com']],
    ['John a@x.com', []],
    ['a@b@c.com, @x.com, user@, MAILER-DAEMON, <>, ,,', []],
    ['', []],
  ])('reads %j', (header, expected) => {
    expect(mailboxes([header])).toEqual(expected)
  })

  it('joins several headers without duplicates', () => {
    expect(mailboxes(['A <a@x.com>, b@x.com', 'a@X.COM', 'c@x.com'])).toEqual([
      'a@x.com',
      'b@x.com',
      'c@x.com',
    ])
  })

  it('finds each address behind any quoted display name', () => {
    const name = fc.string({ unit: 'grapheme' }).map(text => `"${text.replace(/["\\]/g, '\\$&')}"`)
    const mailbox = fc.stringMatching(/^[a-z0-9]{1,8}@[a-z0-9]{1,8}\.test$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(name, mailbox)), pairs => {
        const header = pairs.map(([display, at]) => `${display} <${at}>`).join(', ')
        expect(mailboxes([header])).toEqual([...new Set(pairs.map(([, at]) => at))])
      }),
    )
  })

  it('takes any text', () => {
    const piece = fc.constantFrom(
      '"',
      '\\',
      '(',
      ')',
      '<',
      '>',
      '[',
      ']',
      ',',
      ';',
      ':',
      '@',
      '=?',
      '?=',
      ' ',
      'a',
      '.',
    )
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        for (const found of mailboxes([pieces.join('')])) expect(found).toMatch(/.@./)
      }),
    )
  })

  it('reads a hostile header as long as a hundred pages', () => {
    for (const piece of ['"\\"', '(', '<"', '=?a?q?', '"(<', '@,', '[:', 'a@x,', '" ']) {
      expect(() => mailboxes([piece.repeat(100_000)])).not.toThrow()
    }
  })
})
