import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../src/batch.ts'
import { type ErrorCode, KnownError } from '../../src/errors.ts'
import { journal } from '../../src/operations/journal.ts'
import { tellOrderFailed, workerLog } from '../../src/operations/log.ts'
import { deliver } from '../../src/pipeline.ts'
import { eventOf, exporterTo, mapper, never, range, textOf } from '../support/deliveries.ts'
import { judgingCollector } from '../support/judging-collector.ts'

const [INFO, WARN, ERROR] = [30, 40, 50]

function recorded(format: 'json' | 'pretty' = 'json', patience = { remindMs: 60_000, lastingMs: 900_000 }) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const log = workerLog({ level: 'info', format, colour: false, destination })
  return { lines, log, told: journal(log, patience) }
}

const failure = (code: ErrorCode, detail: string) => ({
  stream: 'a stream',
  error: new KnownError(code, detail),
  waitingHelps: true,
  nextTryMs: 5_000,
})

describe('the line of a stream that failed', () => {
  it.each([
    ['pod-session-stranger', 'HTTP 409', 'another program reads with the same token'],
    ['pod-session-zombie', 'HTTP 409', 'the server has not yet let go of it'],
    ['tap-quota', 'HTTP 429', 'quota of the last 24 hours is used up'],
  ] as const)('says what %s means, where the answer alone does not', (code, detail, meaning) => {
    const { lines, told } = recorded()
    told.failed(failure(code, detail))
    const [line = ''] = lines
    expect(JSON.parse(line)).toMatchObject({
      code,
      msg: expect.stringMatching(/^a stream: HTTP 4\d\d\. .*5 s\.$/),
    })
    expect(line).toContain(meaning)
  })

  it('says of a damaged state what is true while it lasts', () => {
    const { lines, told } = recorded()
    told.failed(failure('state-unreadable', 'database disk image is malformed'))
    expect(lines.join()).toContain(
      'Restart the worker: it sets the file aside, and the last hours become suspect',
    )
    expect(lines.join()).not.toContain('was set aside')
  })

  it('has its code in the form for people too', () => {
    const { lines, log, told } = recorded('pretty')
    told.failed(failure('pod-dropped', 'the connection broke'))
    log.info('nothing is wrong')
    expect(lines[0]).toMatch(/WARN: a stream: the connection broke\. .* \[pod-dropped\]\n$/)
    expect(lines[1]).toMatch(/nothing is wrong\n$/)
  })
})

describe('trouble that lasts asks for somebody, though waiting helps', () => {
  const patience = { remindMs: 20, lastingMs: 200 }
  const levels = (lines: readonly string[]) => lines.map(line => JSON.parse(line).level)

  it('of a stream, until it is open', async () => {
    const { lines, told } = recorded('json', patience)
    const fail = () => told.failed(failure('pod-session-stranger', 'HTTP 409'))
    fail()
    await sleep(patience.lastingMs + 10)
    fail()
    expect(levels(lines)).toEqual([WARN, ERROR])
    expect(lines[1]).toMatch(/Waiting helps, but it has lasted for 0 min; next try in 5 s\./)
    const unused = exporterTo('http://127.0.0.1:9')
    const receipt = await deliver({ events: [], cursor: {} }, mapper, unused, never)
    const state = told.state({ cursor: () => undefined, commit: async () => {} })
    await state.commit({ name: 'a stream', lane: 'live' }, receipt, never)
    fail()
    expect(levels(lines)).toEqual([WARN, ERROR, INFO, WARN])
  })

  it('of the collector, until it takes records', async () => {
    let status = 503
    await using collector = await judgingCollector(() => ({ status }))
    const { lines, told } = recorded('json', patience)
    const exporter = told.exporter('a stream', exporterTo(collector.url))
    const send = () => exporter.export(batchOf([eventOf(textOf('a'))], mapper), never)
    await send()
    await sleep(patience.lastingMs + 10)
    await send()
    status = 200
    await send()
    status = 503
    await send()
    expect(levels(lines)).toEqual([WARN, ERROR, INFO, WARN])
  })
})

describe('an order of another process that failed', () => {
  it('is told as every known error is: with what to do, and without the name of a class', () => {
    const { lines, log } = recorded()
    tellOrderFailed(log, 'an order', new KnownError('state-disk-failure', 'disk I/O error'))
    const { code, msg } = JSON.parse(lines[0] ?? '')
    expect(code).toBe('state-disk-failure')
    expect(msg).toMatch(/^an order failed, and is tried again: disk I\/O error\. .*Free space on the disk/)
  })

  it('is told as a fault of the program with the error itself, when nothing else is known of it', () => {
    const { lines, log } = recorded()
    tellOrderFailed(log, 'an order', new TypeError('no such thing'))
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      code: 'internal',
      err: { message: 'no such thing' },
      msg: expect.stringContaining('Report it'),
    })
  })
})

it('a stop that leaves something undelivered has a code', () => {
  const { lines, told } = recorded()
  told.endedUncleanly('a stream', new Error('the time for a clean stop is over'))
  told.endedUncleanly('a stream', new KnownError('pod-dropped', 'the connection broke'))
  expect(lines.map(line => JSON.parse(line).code)).toEqual(['undelivered', 'pod-dropped'])
})

it('says that a refused batch is searched, not with each of its halves', async () => {
  await using collector = await judgingCollector(() => ({ status: 400, body: '{"message":"bad record"}' }))
  const { lines, told } = recorded()
  const exporter = told.exporter('a stream', exporterTo(collector.url))
  const events = range(4).map(name => eventOf(textOf(name)))
  for (const size of [4, 2, 1]) await exporter.export(batchOf(events.slice(0, size), mapper), never)
  expect(lines.map(line => JSON.parse(line).msg)).toEqual([
    expect.stringMatching(
      /^a stream: the collector refused 4 records at once: .*bad record.* sought by halving/,
    ),
  ])
})

it('names the request limits to raise when a collector finds every record too large', async () => {
  await using collector = await judgingCollector(() => ({ status: 413 }))
  const { lines, told } = recorded()
  const exporter = told.exporter('a stream', exporterTo(collector.url))
  for (const name of range(21)) await exporter.export(batchOf([eventOf(textOf(name))], mapper), never)
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    {
      code: 'collector-misconfigured',
      msg: expect.stringMatching(/HTTP 413.*raise the request limit of its receiver .* or of the ingress/),
    },
  ])
})

it('tells of a collector that takes records again, if only in part', async () => {
  const partly = '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"one is bad"}}'
  await using collector = await judgingCollector((_, request) =>
    request === 1 ? { status: 503 } : { status: 200, body: partly },
  )
  const { lines, told } = recorded()
  const exporter = told.exporter('a stream', exporterTo(collector.url))
  const batch = batchOf(
    range(2).map(name => eventOf(textOf(name))),
    mapper,
  )
  for (let i = 0; i < 2; i++) await exporter.export(batch, never)
  expect(lines.map(line => JSON.parse(line).msg)).toEqual([
    expect.stringContaining('takes no records'),
    expect.stringContaining('takes records again'),
  ])
})
