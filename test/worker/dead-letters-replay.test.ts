import { describe, expect, it, onTestFinished } from 'vitest'
import { exporterFor } from '../../src/commands/exporter.ts'
import { replaySettingsOf } from '../../src/commands/settings.ts'
import type { Receipt } from '../../src/pipeline.ts'
import { replay } from '../../src/worker/dead-letters-replay.ts'
import { opened, temporaryDirectory } from '../state/directories.ts'
import { deliveredWith, never, receiptOf } from '../state/receipts.ts'
import { judgingCollector, type Verdict } from '../support/judging-collector.ts'

/** Refused letters of these streams, and what a replay of all of them comes to at a collector that judges so. */
async function replayed(
  letters: Readonly<Record<string, readonly string[]>>,
  judge: (bodies: readonly string[]) => Verdict,
  { stop, env }: { readonly stop?: AbortSignal; readonly env?: Readonly<Record<string, string>> } = {},
) {
  const receipts: [string, Promise<Receipt>][] = Object.entries(letters).map(([name, texts]) => [
    name,
    receiptOf(texts),
  ])
  return await replayedFrom(receipts, judge, { stop, env })
}

/** The same, of the letters that these receipts hold. */
async function replayedFrom(
  receipts: readonly (readonly [stream: string, receipt: Promise<Receipt>])[],
  judge: (bodies: readonly string[]) => Verdict,
  {
    stop = never,
    env = {},
  }: {
    readonly stop?: AbortSignal | undefined
    readonly env?: Readonly<Record<string, string>> | undefined
  } = {},
) {
  const state = opened(temporaryDirectory())
  onTestFinished(() => state.close())
  for (const [name, receipt] of receipts) await state.commit({ name, lane: 'live' }, await receipt, never)
  await using collector = await judgingCollector(judge)
  const settings = replaySettingsOf({
    ...env,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector.url).origin,
  })
  const exporter = exporterFor(settings, {
    pour: async () => true,
    terminal: { out: false, err: false },
  })
  const { deadLetters } = state
  const result = await replay(
    [...deadLetters.list()],
    { deadLetters, exporter, settings },
    { stop, abort: never },
  )
  await exporter.close()
  const left = [...deadLetters.export()]
  return { result, left: left.map(letter => letter.text), letters: left, ...collector }
}

const bad = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `1:bad ${name} ${i}`)

it('gets past any number of letters that are refused again, to those that are taken', async () => {
  const refused = bad('still', 40)
  const { result, left } = await replayed(
    { 'pod/message@one': [...refused, ...bad('mended', 3)], 'tap@two': bad('mended', 2) },
    bodies => ({ status: bodies.some(body => body.includes('still')) ? 400 : 200 }),
  )
  expect(result).toEqual({ done: 5, kept: 40, undecided: 0 })
  expect(left).toEqual(refused)
})

it('sends one stream at a time, as much as a request holds', async () => {
  const { requests } = await replayed(
    { 'pod/message@one': bad('a', 513), 'pod/message@two': bad('b', 1) },
    () => ({ status: 200 }),
  )
  expect(requests.map(bodies => bodies.length)).toEqual([512, 1, 1])
})

it('ends at the first request on which nothing is decided, and does not ask for the rest', async () => {
  const { result, left, requests } = await replayed({ 'pod/message@one': bad('a', 600) }, () => ({
    status: 503,
  }))
  expect(result).toMatchObject({ done: 0, kept: 0, undecided: 600, reason: expect.stringContaining('503') })
  expect(left).toHaveLength(600)
  expect(requests).toHaveLength(1)
})

it('blames the set-up, not the letter, when an empty request is refused too', async () => {
  const { result, left } = await replayed({ 'pod/message@one': bad('a', 1) }, () => ({ status: 400 }))
  expect(result).toMatchObject({
    done: 0,
    kept: 0,
    undecided: 1,
    reason: expect.stringContaining('refuses even an empty request'),
  })
  expect(left).toHaveLength(1)
})

it('keeps what was perhaps delivered', async () => {
  const partial = { partialSuccess: { rejectedLogRecords: '1', errorMessage: 'one of them' } }
  const { result, left } = await replayed({ 'pod/message@one': bad('a', 2) }, () => ({
    status: 200,
    body: JSON.stringify(partial),
  }))
  expect(result).toEqual({ done: 0, kept: 2, undecided: 0 })
  expect(left).toHaveLength(2)
})

it('sends nothing more once it is stopped', async () => {
  const { result, requests } = await replayed({ 'pod/message@one': bad('a', 1) }, () => ({ status: 200 }), {
    stop: AbortSignal.abort(),
  })
  expect(result).toMatchObject({ undecided: 1, reason: 'stopped before' })
  expect(requests).toEqual([])
})

describe('an oversize original', () => {
  const long = `1:${'long '.repeat(10)}`
  const receipts = () => [['pod/message@one', deliveredWith('oversize', [long])]] as const
  const taking = () => ({ status: 200 })

  it('is delivered whole and removed once the limit of bodies is high enough', async () => {
    const { result, left, records } = await replayedFrom(receipts(), taking)
    expect(result).toEqual({ done: 1, kept: 0, undecided: 0 })
    expect(left).toEqual([])
    expect(records).toMatchObject([{ isCut: false }])
    expect(long).toContain(records[0]?.body)
  })

  it('is kept when its record had to be cut again', async () => {
    const env = { PROOFPOINT_MAX_RECORD_BYTES: '20B' }
    const { result, letters, records } = await replayedFrom(receipts(), taking, { env })
    expect(result).toEqual({ done: 0, kept: 1, undecided: 0 })
    expect(letters).toMatchObject([{ cause: 'oversize', reason: expect.stringContaining('cut') }])
    expect(records).toMatchObject([{ isCut: true }])
  })
})
