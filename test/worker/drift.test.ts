import { expect, it } from 'vitest'
import { judgingCollector } from '../support/judging-collector.ts'
import { answering } from '../support/otlp-fault-servers.ts'
import { disposable, json, originOf, soon } from '../support/whole-worker.ts'
import { logOf, simulated, stateDirectory, worker } from '../support/worker.ts'

const rates = { messagesDelivered: 0.02, clicksBlocked: 0.02 }

it('a running worker says each field that it does not know once, also while the collector refuses', async () => {
  await using simulator = disposable(await simulated({ rates }))
  await using collector = await judgingCollector((_, request) => ({ status: request <= 2 ? 503 : 200 }))
  using state = stateDirectory()
  await using running = worker({
    simulator,
    state: state.path,
    collector: originOf(collector),
    env: json,
  })
  await expect.poll(() => simulator.sessions('audit').length, soon).toBe(1)
  const hostile = `\u001b[2J\n${'x'.repeat(10_000)}`
  for (let i = 0; i < 5; i++) {
    const event = { guid: `g${i}`, ts: '2026-11-22T10:00:00.000000+0000', audit: { action: ['a'], new: i } }
    simulator.inject('audit', Buffer.from(JSON.stringify({ ...event, [hostile]: 1 })))
  }
  await expect.poll(() => collector.taken.filter(body => body.includes('"new":')).length, soon).toBe(5)
  running.signal('SIGTERM')
  expect(await running.ended).toBe(0)
  const drift = logOf(running).filter(line => 'path' in line)
  expect(drift.map(line => ('path' in line ? line.path : ''))).toEqual([
    'audit.action:array',
    'audit.new',
    `\\u{1b}[2J\\u{a}${'x'.repeat(242)}`,
  ])
  expect(drift.map(({ level }) => level)).toEqual([40, 40, 40])
  expect(drift[1]?.msg).toMatch(/^pod\.audit: .* audit\.new\. Nothing is lost/)
})

it('in protobuf as well, which is what it sends when nothing is set', async () => {
  await using simulator = disposable(await simulated({ rates }))
  await using collector = await answering(200, { 'content-type': 'application/x-protobuf' })
  using state = stateDirectory()
  await using running = worker({ simulator, state: state.path, collector: originOf(collector) })
  await expect.poll(() => simulator.sessions('audit').length, soon).toBe(1)
  simulator.inject('audit', Buffer.from(JSON.stringify({ guid: 'g', audit: { new: 1 } })))
  await expect
    .poll(() => logOf(running).flatMap(line => ('path' in line ? [line.path] : [])), soon)
    .toEqual(['audit.new'])
})
