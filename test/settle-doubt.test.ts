/** Many bad records and no good one between them: the records' fault, unless what was accepted before is refused as well. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { deliver } from '../src/pipeline.ts'
import { exporterTo, mapper, never, page, range, textOf, uidsOf } from './support/deliveries.ts'
import { judgingCollector } from './support/judging-collector.ts'

const taken = { status: 200 }
const numberOf = (body: string) => Number(JSON.parse(body).guid)
const textsOf = (names: readonly number[]) => names.map(name => textOf(name))

// The waits between attempts are random parts of a limit: here they are none.
beforeAll(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterAll(() => void vi.restoreAllMocks())

it.each([21, 30, 100, 511])('the last %i of 512 become dead letters, each within the bound', async bad => {
  const first = 512 - bad
  await using collector = await judgingCollector(bodies =>
    bodies.some(body => numberOf(body) >= first) ? { status: 400 } : taken,
  )
  const receipt = await deliver(page(...range(512)), mapper, exporterTo(collector.url), never)
  expect(new Set(collector.taken)).toEqual(new Set(textsOf(range(first))))
  expect(uidsOf(receipt)).toHaveLength(first)
  expect(receipt.deadLetters.map(({ text }) => text)).toEqual(textsOf(range(512).slice(first)))
  expect(collector.requests.length).toBeLessThanOrEqual(bad * (2 * Math.log2(512) + 2))
  // One record comes twice for each 21 dead letters.
  expect(collector.taken.length - first).toBeLessThanOrEqual(Math.floor(bad / 21))
})

it('pages of one bad event each become dead letters in two requests, however many follow one that was good', async () => {
  await using collector = await judgingCollector(bodies =>
    bodies.some(body => numberOf(body) > 0) ? { status: 400 } : taken,
  )
  const exporter = exporterTo(collector.url)
  await deliver(page(0), mapper, exporter, never)
  for (const name of range(50).slice(1)) {
    const before = collector.requests.length
    const receipt = await deliver(page(name), mapper, exporter, never)
    expect(receipt.deadLetters).toMatchObject([{ cause: 'refused', text: textOf(name) }])
    expect(collector.requests.length - before).toBe(2)
  }
  expect(new Set(collector.taken)).toEqual(new Set(textsOf([0])))
})

it.each([
  ['as long as it runs', 0],
  ['after it took a record', 1],
])(
  'a collector that refuses all but an empty request %s makes no more than 20 dead letters',
  async (_, good) => {
    let isWrong = good === 0
    await using collector = await judgingCollector(bodies =>
      isWrong && bodies.length > 0 ? { status: 400 } : taken,
    )
    const exporter = exporterTo(collector.url)
    await deliver(page(...range(good)), mapper, exporter, never)
    isWrong = true
    const delivering = deliver(page(...range(513).slice(1)), mapper, exporter, never)
    await expect.poll(() => collector.requests.length).toBeGreaterThan(200)
    isWrong = false
    const receipt = await delivering
    expect(receipt.deadLetters).toHaveLength(20)
    expect(uidsOf(receipt)).toHaveLength(492)
  },
)
