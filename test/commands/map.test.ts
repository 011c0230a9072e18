import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { map } from '../../src/commands/map.ts'
import type { Outside } from '../../src/commands/outside.ts'
import { command, commandResult } from '../support/command.ts'

const event = (guid: string) =>
  JSON.stringify({ guid, ts: '2024-05-22T12:10:03.058340-0700', filter: { qid: '4TEST' } })
const message = ['map', '--kind', 'pod.message']

interface OtlpRecord {
  readonly eventName: string
  readonly body: { readonly stringValue: string }
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
}

const recordsOf = (out: string): OtlpRecord[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))

const attributeOf = ({ attributes }: OtlpRecord, name: string) =>
  attributes.find(({ key }) => key === name)?.value.stringValue

describe('map --kind', () => {
  it('writes the OTLP/JSON LogRecord of each line, and a summary to standard error', async () => {
    const { code, out, err } = await commandResult(message, {}, `${event('a')}\n${event('b')}\n`)
    expect(code).toBe(0)
    expect(err).toBe('map: 2 events in, 2 records out\n  pod.message: 2\nerrors: none\nunknown paths: none\n')
    const [first, second] = recordsOf(out)
    expect(first).toEqual({
      timeUnixNano: '1716405003058340000',
      observedTimeUnixNano: expect.stringMatching(/^\d{19}$/),
      severityNumber: 9,
      severityText: 'INFO',
      eventName: 'proofpoint.pod.message',
      body: { stringValue: event('a') },
      attributes: [
        { key: 'log.record.uid', value: { stringValue: expect.stringMatching(/^01HYGVBRSJ/) } },
        { key: 'proofpoint.message.guid', value: { stringValue: 'a' } },
        { key: 'proofpoint.message.qid', value: { stringValue: '4TEST' } },
      ],
      droppedAttributesCount: 0,
    })
    expect(second?.body.stringValue).toBe(event('b'))
  })

  it('takes CRLF, blank lines and a last line without a line break', async () => {
    const { out } = await commandResult(message, {}, `\n${event('a')}\r\n \t\r\n\r\n${event('b')}`)
    expect(recordsOf(out).map(({ body }) => body.stringValue)).toEqual([event('a'), event('b')])
  })

  it('makes a record of every bad line, counts them, and still ends with 0', async () => {
    const input = Buffer.concat([
      Buffer.from(`{"guid":\n[1]\n{"guid":"no time"}\n`),
      Buffer.from([0xff, 0x00, 0x0a]),
      Buffer.from(event('a')),
    ])
    const { code, out, err } = await commandResult(message, {}, input)
    expect(code).toBe(0)
    expect(recordsOf(out).map(record => attributeOf(record, 'error.type'))).toEqual([
      'parse_error',
      'unexpected_shape',
      'invalid_timestamp',
      'parse_error',
      undefined,
    ])
    expect(err).toContain('5 events in, 5 records out')
    expect(err).toContain('errors: parse_error 2, unexpected_shape 1, invalid_timestamp 1')
  })

  it('obeys the settings of the mapping and looks at no others', async () => {
    const env = {
      PROOFPOINT_BODY: 'none',
      PROOFPOINT_ACCEPT_FIELD_LOSS: 'true',
      PROOFPOINT_UNMAPPED_LIST: 'true',
      PROOFPOINT_EVENT_NAME_ATTRIBUTE: 'true',
      PROOFPOINT_TAP_INTERVAL: 'often',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    }
    const { code, out, err } = await commandResult(
      message,
      env,
      '{"guid":"g","ts":"2026-11-22T10:00:00Z","\\u001b[31mnew":{"x":1}}',
    )
    expect(code).toBe(0)
    const record = JSON.parse(out)
    expect(record.body).toEqual({})
    expect(attributeOf(record, 'otel.event.name')).toBe('proofpoint.pod.message')
    expect(out).toContain('proofpoint.unmapped.fields')
    expect(err).toContain('unknown paths: 1\n  pod.message: \\u{1b}[31mnew.x (1)\n')
  })

  it('a fault in a setting of the mapping, a misspelt one and field loss without consent are refused with code 2', async () => {
    const env = { PROOFPOINT_ATTRIBUTES: 'all', PROOFPOINT_BODDY: 'original', PROOFPOINT_BODY: 'none' }
    const { code, out, err } = await commandResult(message, env, event('a'))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('3 faults')
  })

  it.each([
    [['--kind', 'pod.messages'], 'there is no kind "pod.messages"'],
    [['--kind'], 'map: '],
    [['events.ndjson'], 'map: '],
  ])('%j is refused in one line with code 2', async (args, words) => {
    const { code, err } = await commandResult(['map', ...args])
    expect(code).toBe(2)
    expect(err).toContain(words)
    expect(err).toMatch(/^proofpoint-otel: .+\n$/)
  })
})

describe('map of TAP answers', () => {
  const answer = {
    queryEndTime: '2026-11-22T10:00:00Z',
    clicksPermitted: [{ GUID: 'a', clickTime: '2026-11-22T09:00:00.000Z' }],
    clicksBlocked: [],
    messagesDelivered: [
      { GUID: 'b', messageTime: '2026-11-22T09:00:00.000Z' },
      { GUID: 'c', messageTime: '2026-11-22T09:00:00.000Z' },
    ],
    novelties: [{ GUID: 'd' }],
  }
  const names = [
    'proofpoint.tap.click.permitted',
    'proofpoint.tap.message.delivered',
    'proofpoint.tap.message.delivered',
    'proofpoint.tap.unknown',
  ]

  it('finds the kinds by the names of the arrays, on one line or on many, and takes several answers', async () => {
    const input = `${JSON.stringify(answer)}\n${JSON.stringify(answer, undefined, 2)}\n`
    const { code, out, err } = await commandResult(['map'], {}, input)
    expect(code).toBe(0)
    const records = recordsOf(out)
    expect(records.map(record => record.eventName)).toEqual([...names, ...names])
    expect(records[4]?.body.stringValue).toMatch(/^\{\n {6}"GUID": "a"/)
    expect(attributeOf(records[4]!, 'log.record.uid')).toBe(attributeOf(records[0]!, 'log.record.uid'))
    expect(err).toContain('8 events in, 8 records out')
  })

  it.each([
    ['PoD events', `${event('a')}\n${event('b')}\n`],
    ['TAP events without their answer', '{"GUID":"a","threatsInfoMap":[{"threatID":"t"}]}\n'],
    ['a click without its answer', '{"GUID":"a"}\n'],
    ['a list', '[{"GUID":"a"}]'],
    ['a text', 'hello'],
  ])('%s without --kind are refused with code 2 and that advice, before any record', async (_, input) => {
    const { code, out, err } = await commandResult(['map'], {}, input)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/proofpoint-otel: map: the input is not a whole answer .* give --kind\.\n$/)
  })

  it('an answer that breaks off gives the records of what is whole, and code 2', async () => {
    const whole = JSON.stringify(answer)
    const { code, out, err } = await commandResult(['map'], {}, whole.slice(0, whole.indexOf('"c"')))
    expect(code).toBe(2)
    expect(recordsOf(out).map(record => record.eventName)).toEqual(names.slice(0, 2))
    expect(err).toMatch(/2 events in, 2 records out[\s\S]*breaks off after \d+ bytes/)
  })

  it('no input is no events', async () => {
    expect(await commandResult(['map'])).toMatchObject({ code: 0, out: '' })
  })
})

describe('map as a filter', () => {
  it('writes the records of what has come while more is still to come', async () => {
    await using running = command(message)
    running.input.write(`${event('a')}\n{"guid":`)
    await expect.poll(() => running.out()).toContain('"proofpoint.message.guid"')
    running.input.end('"b"}')
    expect(await running.ended).toBe(0)
    expect(recordsOf(running.out())).toHaveLength(2)
  })

  it('ends quietly when nobody reads its output any more', async () => {
    await using running = command(message)
    running.input.write(`${event('a')}\n`)
    await expect.poll(() => running.out()).not.toBe('')
    running.leave()
    const more = `${event('b')}\n`.repeat(1_000)
    const writing = (async () => {
      while (running.input.writable) await new Promise(resolve => running.input.write(more, resolve))
    })()
    expect(await running.ended).toBe(0)
    expect(running.err()).toBe('')
    await writing
  })

  it('says that it was stopped before the end of its input, with code 5', async () => {
    await using running = command(message)
    running.input.write(`${event('a')}\n`)
    await expect.poll(() => running.out()).not.toBe('')
    running.signal('SIGTERM')
    expect(await running.ended).toBe(5)
    expect(running.err()).toContain('1 events in, 1 records out')
    expect(running.err()).toContain('stopped before the end of the input')
  })

  it('reads no more while its output does not take what it wrote', async () => {
    let chunksRead = 0
    const poured: { text: string; taken: (isRead: boolean) => void }[] = []
    const outside: Outside = {
      env: {},
      args: message.slice(1),
      input: (async function* () {
        for (; chunksRead < 3; chunksRead++) yield Buffer.from(`${event('a')}\n`)
      })(),
      out: () => {},
      err: () => {},
      pour: text => new Promise(resolve => poured.push({ text, taken: resolve })),
      terminal: { out: false, err: false },
      stop: new AbortController().signal,
      abort: new AbortController().signal,
    }
    const ended = map(outside)
    for (let chunk = 0; chunk < 3; chunk++) {
      await expect.poll(() => poured.length).toBe(chunk + 1)
      expect(chunksRead).toBe(chunk)
      poured[chunk]?.taken(true)
    }
    expect(await ended).toBe(0)
  })

  it.runIf(existsSync('/dev/full'))('a full disk is an error in one line with code 1, not an end', () => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, ['src/main.ts', ...message], {
      input: event('a'),
      stdio: ['pipe', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)
    expect(status).toBe(1)
    expect(stderr).toContain('1 events in, 0 records out')
    expect(stderr).toMatch(/proofpoint-otel: standard output cannot be written: ENOSPC.*\n$/)
  })

  it('other commands do not wait for their input to end', async () => {
    await using running = command(['--help'])
    expect(await running.ended).toBe(0)
  })
})
