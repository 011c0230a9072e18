import { afterEach, expect, test } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { account, connect, jumpingClock, NOON, until } from './client.ts'

const started: Simulator[] = []
afterEach(() => Promise.all(started.splice(0).map(simulator => simulator.close())))

async function start() {
  const simulator = await startSimulator({
    ...account,
    clock: jumpingClock(),
    rates: { message: 0.1, clicksBlocked: 0.05 },
  })
  started.push(simulator)
  return simulator
}

const range = `from=${new Date(NOON - HOUR_MS).toISOString()}&to=${new Date(NOON).toISOString()}`

async function order(simulator: Simulator, body: string) {
  const response = await fetch(`${simulator.tapUrl}/simulator/control`, { method: 'POST', body })
  return { status: response.status, text: await response.text() }
}

test('a busy port has its own error', async () => {
  const { port } = await start()
  await expect(startSimulator({ ...account, port })).rejects.toMatchObject({ code: 'port-busy' })
})

test('the ledger is open to other processes: counts, and identities as lines', async () => {
  const simulator = await start()
  const response = await fetch(`${simulator.tapUrl}/simulator/ledger?${range}`)
  const counts = await response.json()
  const messages = simulator.ledger.count('message', NOON - HOUR_MS, NOON)
  expect(messages).toBeGreaterThan(300)
  expect(counts).toMatchObject({
    existed: { message: messages, audit: 0 },
    sent: { message: { live: 0, archive: 0 } },
    answers: { pod: {}, tap: {} },
  })
  const lines = (await (await fetch(`${simulator.tapUrl}/simulator/ledger?${range}&ids=1`)).text())
    .trim()
    .split('\n')
  const own = [...simulator.ledger.identities('message', NOON - HOUR_MS, NOON)]
  const seen = lines.map(line => JSON.parse(line) as { stream: string; identity: string })
  expect(seen.filter(({ stream }) => stream === 'message').map(({ identity }) => identity)).toEqual(own)
  expect(seen.filter(({ stream }) => stream === 'clicksBlocked').length).toBeGreaterThan(100)
})

test('the script is open to other processes', async () => {
  const simulator = await start()
  const { ws, frames, closed } = await connect(simulator.podUrl)
  expect(await order(simulator, '{"command":"inject","type":"message","text":"hello"}')).toEqual({
    status: 204,
    text: '',
  })
  await until(() => frames.some(frame => frame.toString() === 'hello'))
  await order(simulator, '{"command":"drop","type":"message"}')
  expect(await closed).toBe(1006)
  expect(ws.readyState).toBe(ws.CLOSED)
})

test.each([
  '',
  'drop',
  '{"command":"dorp"}',
  '{"command":"drop","type":"mail"}',
  '{"command":"closeWith","type":"audit","code":5}',
])('the malformed order %j is refused with a reason', async body => {
  const { status, text } = await order(await start(), body)
  expect(status).toBe(400)
  expect(text).toMatch(/Invalid|Too small/)
})

test('a malformed range and another path are refused', async () => {
  const { tapUrl } = await start()
  expect((await fetch(`${tapUrl}/simulator/ledger?from=yesterday`)).status).toBe(400)
  expect((await fetch(`${tapUrl}/simulator/other`)).status).toBe(404)
  expect((await fetch(`${tapUrl}/`)).status).toBe(404)
})

test('closing ends all sessions', async () => {
  const simulator = await startSimulator({ ...account, rates: { message: 100 } })
  const sessions = await Promise.all(
    ['message', 'maillog', 'audit'].map(type => connect(simulator.podUrl, { type })),
  )
  await simulator.close()
  expect(await Promise.all(sessions.map(({ closed }) => closed))).toEqual([1006, 1006, 1006])
  await expect(fetch(simulator.tapUrl)).rejects.toThrow()
})
