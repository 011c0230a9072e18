/** TAP's time where its answers do not say it, or say it wrongly: it is not past the end of what they hold. */
import { expect, onTestFinished, test } from 'vitest'
import type { Page } from '../../../src/pipeline.ts'
import { tapHourSource } from '../../../src/proofpoint/tap/archive.ts'
import { tapReader } from '../../../src/proofpoint/tap/reader.ts'
import { tapSource } from '../../../src/proofpoint/tap/source.ts'
import { HOUR, liveSource, MINUTE, NOW, pagesOf, SECOND, tapOptions } from '../../support/tap-reader.ts'
import { answerText, tapServer, tellTime } from '../../support/tap-server.ts'

interface Behaviour {
  /** How far our clock is ahead of TAP's. */
  readonly aheadMs?: number
  /** How long a request takes. */
  readonly takesMs?: number
  /** Whether answers say our time, as a proxy may that has its own from where we have ours. */
  readonly saysOurTime?: boolean
  /** No answer holds more than that. */
  readonly longestMs?: number
}

/** A TAP whose answers end at its present, and one event that is found 25 min after it was created. */
async function endingTap({ aheadMs = 0, takesMs = 1000, saysOurTime, longestMs = HOUR }: Behaviour = {}) {
  const present = () => options.clock.now() - aheadMs
  const created = NOW - aheadMs - 10 * MINUTE
  const tap = await tapServer(({ from, to }, response) => {
    options.clock.step(takesMs)
    const end = Math.floor(Math.min(to, present(), from + longestMs) / SECOND) * SECOND
    const isFound = created >= from && created < end && present() >= created + 25 * MINUTE
    if (saysOurTime) tellTime(response, options.clock.now())
    response.end(answerText({ clicksBlocked: isFound ? [{ id: 'late' }] : [] }, end))
  })
  onTestFinished(() => tap.close())
  const options = { ...tapOptions(tap.url), start: NOW - 30 * HOUR, settledMs: 6 * HOUR }
  return { tap, options, present, created }
}

for (const [what, behaviour, backMs] of [
  ['says no time', {}, 45 * MINUTE],
  ['says no time, and answers at once', { takesMs: 0 }, 45 * MINUTE],
  ['says no time, after an absence', {}, 125 * MINUTE],
  ['says ours', { saysOurTime: true }, 45 * MINUTE],
] as const) {
  test(`while our clock is 8 h ahead of a TAP that ${what}, nothing young is settled, and what is late comes`, async () => {
    const { tap, options, present } = await endingTap({ aheadMs: 8 * HOUR, ...behaviour })
    const found: string[] = []
    const begin = present()
    for await (const page of liveSource(options).read(
      { settled: begin - backMs },
      new AbortController().signal,
    )) {
      expect(page.cursor['settled']).toBeLessThanOrEqual(present() - 45 * MINUTE)
      found.push(...page.events.map(({ bytes }) => JSON.parse(bytes.toString()).id))
      if (present() > begin + HOUR) break
    }
    expect(found).toContain('late')
    expect(options.skews).toHaveLength(1)
    expect(Math.round((options.skews[0] ?? 0) / MINUTE)).toBe(-8 * 60)
    expect(tap.asked.length).toBeLessThan(2 * 60 + 10)
    expect(options.holes).toEqual([])
  })
}

for (const when of ['before', 'while'] as const) {
  test(`an hour proves nothing that was read too early by what a poll found ${when} it was read`, async () => {
    const { options, present } = await endingTap({ aheadMs: 8 * HOUR })
    const reader = tapReader(options)
    const settled = present() - 45 * MINUTE
    const poll = () =>
      tapSource({ ...options, reader })
        .read({ settled }, new AbortController().signal)
        [Symbol.asyncIterator]()
        .next()
    if (when === 'before') await poll()
    const hour = NOW - 9 * HOUR
    const source = tapHourSource({ ...options, reader }, { hour, id: 7, purpose: 'repair' })
    const read = async () => {
      for await (const _ of source.read(undefined, new AbortController().signal))
        if (when === 'while') await poll()
    }
    await expect(read()).rejects.toMatchObject({ code: 'clock-skew' })
    expect(Math.abs(reader.earlier.now() - present())).toBeLessThan(5 * SECOND)
  })
}

test('an answer that TAP shortened says nothing of its time, once it has served more', async () => {
  const { options } = await endingTap({ longestMs: 50 * MINUTE })
  const reader = tapReader(options)
  const stop = new AbortController()
  for await (const _ of tapSource({ ...options, reader }).read({ settled: NOW - 40 * MINUTE }, stop.signal))
    stop.abort()
  const hour = { hour: NOW - 9 * HOUR, id: 7, purpose: 'repair' } as const
  const pages: Page[] = []
  for await (const page of tapHourSource({ ...options, reader }, hour).read(
    undefined,
    new AbortController().signal,
  ))
    pages.push(page)
  expect(pages).toHaveLength(2)
  expect(reader.earlier.now()).toBe(options.clock.now())
  expect(options.skews).toEqual([])
})

test('without the time of TAP an absence is read once, and settled up to the look-back before its end', async () => {
  const { tap, options } = await endingTap({ takesMs: 0 })
  const pages = await pagesOf(options, 6, { settled: NOW - 5 * HOUR })
  expect(tap.asked.map(({ from }) => (from - NOW) / MINUTE)).toEqual([-300, -240, -180, -120, -60, -45.5])
  expect(pages.map(({ cursor }) => (Number(cursor['settled']) - NOW) / MINUTE)).toEqual([
    -285, -225, -165, -105, -45.5, -44.5,
  ])
})

test('a TAP that shortens each answer is caught up with all the same', async () => {
  const { options } = await endingTap({ longestMs: 20 * MINUTE, takesMs: 0 })
  const pages = await pagesOf(options, 20, { settled: NOW - 5 * HOUR })
  expect(pages.at(-1)?.cursor['settled']).toBeGreaterThanOrEqual(NOW - 46 * MINUTE)
})

test('a TAP that shortened one answer, and wants windows to end earlier, is read up to there', async () => {
  const tap = await tapServer(({ from, to, before }, response) => {
    if (to > options.clock.now() - 50 * SECOND)
      return response.writeHead(400).end('The requested interval is still current.')
    return response.end(answerText({}, before === 0 ? from + 10 * MINUTE : to))
  })
  onTestFinished(() => tap.close())
  const options = tapOptions(tap.url)
  await pagesOf(options, 80, { settled: NOW - 5 * HOUR })
  expect(options.clock.now() - (tap.asked.at(-1)?.to ?? 0)).toBeLessThan(5 * MINUTE)
})

test('what was read long before the next window is not settled by that', async () => {
  const { options } = await endingTap({ takesMs: 0 })
  const stop = new AbortController()
  const settled: number[] = []
  for await (const { cursor } of liveSource(options).read({ settled: NOW - 65 * MINUTE }, stop.signal)) {
    settled.push((Number(cursor['settled']) - NOW) / MINUTE)
    // The page waits for the collector.
    options.clock.step(3 * HOUR)
    if (settled.length === 3) stop.abort()
  }
  expect(Math.max(...settled)).toBeLessThanOrEqual(-45)
})

for (const [what, aheadMs, settled] of [
  ['we are right', 0, NOW + 5 * HOUR],
  ['we are ahead as well', 8 * HOUR, NOW - HOUR],
] as const) {
  test(`a settled point in the future of a TAP that says no time falls back, when ${what}`, async () => {
    const { options, present, tap } = await endingTap({ aheadMs })
    const pages = await pagesOf(options, 2, { settled })
    for (const { cursor } of pages) expect(cursor['settled']).toBeLessThanOrEqual(present() - 45 * MINUTE)
    expect(tap.asked[1]?.from).toBeLessThanOrEqual(present() - 45 * MINUTE)
    expect(tap.asked[1]?.from).toBeGreaterThan(present() - 48 * MINUTE)
  })
}
