import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { batchOf } from '../../src/batch.ts'
import { workerLog } from '../../src/operations/log.ts'
import { tellingSlowness } from '../../src/operations/slow-collector.ts'
import { eventOf, exporterTo, mapper, never } from '../support/deliveries.ts'
import { judgingCollector } from '../support/judging-collector.ts'

const patience = { slowMs: 100, afterMs: 500, againMs: 1_000 }

/** The lines about a collector that answers after `answerMs()`, asked again and again after `pauseMs` for `forMs`. */
async function linesOf(answerMs: () => number, pauseMs: number, forMs: number) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const log = workerLog({ level: 'info', format: 'json', colour: false, destination })
  await using collector = await judgingCollector(() => response => {
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'), answerMs())
  })
  const exporter = tellingSlowness('a stream', exporterTo(collector.url), log, patience)
  const batch = batchOf([eventOf('{}'), eventOf('{}')], mapper)
  for (const end = performance.now() + forMs; performance.now() < end; await sleep(pauseMs))
    await exporter.export(batch, never)
  return lines.map(line => JSON.parse(line))
}

it('tells that the collector is slow, again while it lasts, and that it is over', async () => {
  const began = performance.now()
  const lines = await linesOf(() => (performance.now() - began < 2_500 ? 130 : 0), 0, 3_000)
  const codes = lines.map(({ code }) => code)
  expect(codes.slice(0, 2)).toEqual(['collector-slow', 'collector-slow'])
  expect(codes.at(-1)).toBeUndefined()
  expect(lines[0]).toMatchObject({ level: 40, stream: 'a stream', waitingHelps: true })
  expect(lines[0].answerSeconds).toBeGreaterThanOrEqual(0.1)
  expect(lines[0].perSecond).toBeGreaterThan(0)
  expect(lines[0].msg).toMatch(
    /^a stream: for \d s the collector's answers have taken \d\.\d s, with the wait for a place among those on their way, and \d+ records a second/,
  )
  expect(lines.at(-1).msg).toBe('a stream: the collector answers in time again')
})

it('says nothing of a stream that has little to deliver, nor of one slow answer among others', async () => {
  expect(await linesOf(() => 130, 300, 1_500)).toEqual([])
  let asked = 0
  expect(await linesOf(() => (asked++ % 3 === 0 ? 130 : 0), 0, 1_500)).toEqual([])
})
