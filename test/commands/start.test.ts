import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { listen } from '../support/otlp-fault-servers.ts'
import { simulated, stateDirectory, worker } from '../support/worker.ts'

/** At its end the process says which files it loaded. */
const telling = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
  process.on('exit', () => process.stderr.write('\\nLOADED ' + loaded.join(' ')))
`)}`

it('run loads nothing that only other commands or settings need', async () => {
  const simulator = await simulated({
    rates: {
      message: 20,
      maillog: 20,
      audit: 20,
      messagesDelivered: 1,
      messagesBlocked: 1,
      clicksPermitted: 1,
      clicksBlocked: 1,
    },
  })
  await using _ = { [Symbol.asyncDispose]: () => simulator.close() }
  let requests = 0
  await using collector = await listen(
    createServer((request, response) => {
      requests++
      request.resume().once('end', () => response.end())
    }),
  )
  using state = stateDirectory()
  await using running = worker({
    simulator,
    state: state.path,
    collector: collector.origin,
    env: { NODE_OPTIONS: `--import=${telling}` },
  })
  await expect.poll(() => requests).toBeGreaterThan(3)
  running.signal('SIGTERM')
  expect(await running.ended).toBe(0)
  const [, loaded = ''] = running.err().split('\nLOADED ')
  expect(loaded).toContain('/node_modules/undici/')
  const packages = ['zod', 'pino-pretty', 'https-proxy-agent', '@opentelemetry/otlp-transformer']
  const unneeded = [...packages.map(name => `/node_modules/${name}/`), '/src/simulator/', '/src/otlp/json.ts']
  expect(unneeded.filter(path => loaded.includes(path))).toEqual([])
  expect(loaded).not.toContain('/node_modules/@opentelemetry/sdk-')
})
