import { expect, it, onTestFinished } from 'vitest'
import { replay } from '../../src/commands/dead-letters-replay.ts'
import { exporterFor } from '../../src/commands/exporter.ts'
import { replaySettingsOf } from '../../src/commands/settings.ts'
import { opened, temporaryDirectory } from '../state/directories.ts'
import { never, receiptOf } from '../state/receipts.ts'
import { judgingCollector, type Verdict } from '../support/judging-collector.ts'

/** Dead letters of these streams, and what a replay of all of them comes to at a collector that judges so. */
async function replayed(
  letters: Readonly<Record<string, readonly string[]>>,
  judge: (bodies: readonly string[]) => Verdict,
  stop: AbortSignal = never,
) {
  const state = opened(temporaryDirectory())
  onTestFinished(() => state.close())
  for (const [name, texts] of Object.entries(letters))
    await state.commit({ name, lane: 'live' }, await receiptOf(texts), never)
  await using collector = await judgingCollector(judge)
  const settings = replaySettingsOf({
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
  return { result, left: [...deadLetters.export()].map(letter => letter.text), requests: collector.requests }
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
  const { result, requests } = await replayed(
    { 'pod/message@one': bad('a', 1) },
    () => ({ status: 200 }),
    AbortSignal.abort(),
  )
  expect(result).toMatchObject({ undecided: 1, reason: 'stopped before' })
  expect(requests).toEqual([])
})
