/** A whole worker that cannot reach the PoD Log API: the cause must be named, and when it is gone the worker must go on. */
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExpectStatic } from 'vitest'
import { certificateAuthority } from './certificates.ts'
import { command } from './command.ts'
import { judgingCollector } from './judging-collector.ts'
import { listen } from './otlp-fault-servers.ts'
import { tlsFront } from './pod-front.ts'
import { logOf, simulated, stateDirectory, workerEnv } from './worker.ts'

export const soon = { timeout: 45_000, interval: 50 }
export const authority = certificateAuthority('the authority of Proofpoint')
const good = authority.issue('pod')
export const onlyMessages = {
  PROOFPOINT_POD_STREAMS: 'message',
  PROOFPOINT_POD_REPAIR: 'never',
  PROOFPOINT_TAP_PRINCIPAL: '',
  PROOFPOINT_TAP_SECRET: '',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
}

/** A file with the authority's certificate, for NODE_EXTRA_CA_CERTS. */
export function authorityFile(): Disposable & { readonly path: string } {
  const files = mkdtempDisposableSync(join(tmpdir(), 'authority-'))
  const path = join(files.path, 'ca.pem')
  writeFileSync(path, authority.cert)
  return { path, [Symbol.dispose]: () => files.remove() }
}

export interface Surroundings {
  /** Of the simulated PoD Log API, plain. */
  readonly target: number
  /** What stands there is wrong at first, and right later. */
  readonly port: number
}

type Standing = (surroundings: Surroundings) => Promise<AsyncDisposable>

export interface Fault {
  readonly wrong: Standing
  readonly code: string
  readonly says: RegExp
}

export const nobody: Standing = async () => ({ async [Symbol.asyncDispose]() {} })
export const mendedPod: Standing = ({ target, port }) => tlsFront(good, target, port)
export const goodPod = good

/** `env`: by which settings the worker meets what stands at the port. */
export async function expectNamedThenMended(
  expect: ExpectStatic,
  { wrong, code, says }: Fault,
  right: Standing,
  env: (port: number) => Record<string, string>,
): Promise<void> {
  const simulator = await simulated({ rates: { message: 20 } })
  await using collector = await judgingCollector(() => ({ status: 200 }))
  using state = stateDirectory()
  using ca = authorityFile()
  const surroundings = { target: Number(new URL(simulator.podUrl).port), port: await freePort() }
  let standing = await wrong(surroundings)
  await using running = command(['run'], {
    ...workerEnv({ simulator, state: state.path, collector: new URL(collector.url).origin }),
    ...onlyMessages,
    NODE_EXTRA_CA_CERTS: ca.path,
    ...env(surroundings.port),
  })
  const named = () => logOf(running).find(line => line.code === code)?.msg
  await expect.poll(() => named() ?? running.err(), soon).toMatch(says)
  expect(named()).toMatch(/\. .+\. Waiting (helps|does not help); next try in \d+ s\.$/)
  expect(collector.taken).toEqual([])
  await standing[Symbol.asyncDispose]()
  standing = await right(surroundings)
  await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(0)
  running.signal('SIGTERM')
  expect(await running.ended).toBe(0)
  expect(collector.taken).toHaveLength(simulator.ledger.sent.message.live)
  await standing[Symbol.asyncDispose]()
  await simulator.close()
}

/** A port on which nobody listens now. */
async function freePort(): Promise<number> {
  const listening = await listen(createServer())
  await listening[Symbol.asyncDispose]()
  return listening.port
}
