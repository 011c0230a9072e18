import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { account, jumpingClock, NOON } from './client.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ ...account, clock: jumpingClock() })
})
afterAll(() => simulator.close())

const upgrade = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}
const token = { Authorization: 'Bearer token-1' }
const good = '/v1/stream?cid=example_hosted&type=message'

function handshake(path: string, headers: Record<string, string>, method = 'GET'): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const asked = request({ port: simulator.port, path, method, headers })
    asked.on('error', reject)
    asked.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve([response.statusCode ?? 0, ''])
    })
    asked.on('response', async response => {
      resolve([response.statusCode ?? 0, Buffer.concat(await response.toArray()).toString()])
    })
    asked.end()
  })
}

const back = (days: number) => new Date(NOON - days * 86_400_000).toISOString()

test.each([
  ['a missing cluster id', '/v1/stream?type=message', token, 400, 'Missing or empty cid parameter'],
  ['an empty cluster id', '/v1/stream?cid=&type=message', token, 400, 'Missing or empty cid parameter'],
  ['a missing type', '/v1/stream?cid=example_hosted', token, 400, 'Missing, empty or unknown type parameter'],
  ['an unknown type', '/v1/stream?cid=example_hosted&type=mail', token, 400, 'unknown type'],
  ['an unreadable sinceTime', `${good}&sinceTime=yesterday`, token, 400, 'Invalid sinceTime'],
  [
    'a raw plus sign, which means a blank',
    `${good}&sinceTime=${back(1).replace('Z', '+00:00')}`,
    token,
    400,
    'Invalid sinceTime',
  ],
  ['an unreadable toTime', `${good}&toTime=soon`, token, 400, 'Invalid toTime'],
  ['a sinceTime over 30 days back', `${good}&sinceTime=${back(30.01)}`, token, 400, '30 days'],
  [
    'an end before the begin',
    `${good}&sinceTime=${back(2)}&toTime=${back(3)}`,
    token,
    400,
    'toTime is not after sinceTime',
  ],
  ['a missing token', good, {}, 401, 'Missing or empty Authorization header'],
  ['a token of another type', good, { Authorization: 'Basic abc' }, 401, 'Wrong token type'],
  ['a wrong token', good, { Authorization: 'Bearer other' }, 401, 'Invalid or expired token'],
  ['a wrong cluster', '/v1/stream?cid=other&type=message', token, 401, 'Wrong cluster id'],
  ['another path', '/v2/stream?cid=example_hosted&type=message', token, 404, 'Not found'],
])('%s is refused', async (_case, path, headers, status, text) => {
  const [answered, body] = await handshake(path, { ...upgrade, ...headers })
  expect(answered).toBe(status)
  expect(body).toContain(text)
})

test('a method other than GET is refused with 405', async () => {
  expect((await handshake(good, { ...upgrade, ...token }, 'POST'))[0]).toBe(405)
})

test('a request without an upgrade is refused with 404, as one over https is', async () => {
  expect((await handshake(good, token))[0]).toBe(404)
})

test.each([
  '2026-06-14T10:20:59-0000',
  '2026-06-14T10:20:59.123-0000',
  '2026-06-14T10:20:59.123456',
  '2026-06-14T10:20:59.123456%2B00:00',
])('the time %s is understood', async time => {
  expect((await handshake(`${good}&sinceTime=${time}`, { ...upgrade, ...token }))[0]).toBe(101)
})

test('a scripted refusal holds for the number of handshakes it was ordered for', async () => {
  simulator.control({ command: 'refuseHandshake', status: 503, count: 2 })
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await handshake('/other', upgrade))[0])
  expect(statuses).toEqual([503, 503, 404])
})
