/** Whole workers that cannot reach Proofpoint: each cause is named in the log with its remedy, and when it is gone they go on. */
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canMount, ownMounts } from '../state/processes.ts'
import { certificateAuthority } from '../support/certificates.ts'
import { command } from '../support/command.ts'
import { connectProxy } from '../support/connect-proxy.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { garbageFront, plainFront, tlsFront } from '../support/pod-front.ts'
import {
  authority,
  authorityFile,
  expectNamedThenMended,
  type Fault,
  goodPod,
  mendedPod,
  nobody,
  onlyMessages,
  type Surroundings,
  soon,
} from '../support/unreachable-pod.ts'
import { logOf, simulated, stateDirectory, workerEnv } from '../support/worker.ts'

const TEST_MS = 90_000
const podAt = (port: number) => ({ PROOFPOINT_POD_URL: `wss://127.0.0.1:${port}/v1/stream` })

const atTheAddress: Record<string, Fault> = {
  'nobody listens': {
    wrong: nobody,
    code: 'connect-failure',
    says: /ECONNREFUSED 127\.0\.0\.1.*Check that the network/,
  },
  'the certificate is of an unknown authority, as behind a proxy that inspects TLS': {
    wrong: ({ target, port }) => tlsFront(certificateAuthority('stranger').issue('pod'), target, port),
    code: 'tls-failure',
    says: /unable to verify the first certificate.*NODE_EXTRA_CA_CERTS/,
  },
  'the certificate has expired': {
    wrong: ({ target, port }) => tlsFront(authority.issue('pod', { days: -1 }), target, port),
    code: 'tls-failure',
    says: /certificate has expired.*check the clock/,
  },
  'the certificate is for another name': {
    wrong: ({ target, port }) =>
      tlsFront(authority.issue('pod', { subjectAltName: 'DNS:other.example' }), target, port),
    code: 'tls-failure',
    says: /does not match certificate.*check the clock, and PROOFPOINT_POD_URL/,
  },
  'only TLS 1.0 is spoken': {
    wrong: ({ target, port }) =>
      tlsFront(
        { ...goodPod, minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
        target,
        port,
      ),
    code: 'tls-failure',
    says: /protocol version.*check the clock, and PROOFPOINT_POD_URL/,
  },
  'no TLS is spoken': {
    wrong: ({ target, port }) => plainFront(target, port),
    code: 'tls-failure',
    says: /check the clock, and PROOFPOINT_POD_URL/,
  },
  'something else is spoken': {
    wrong: ({ port }) => garbageFront(port),
    code: 'tls-failure',
    says: /check the clock, and PROOFPOINT_POD_URL/,
  },
}

const atTheProxy: Record<string, Fault> = {
  'nobody listens': {
    wrong: nobody,
    code: 'proxy-failure',
    says: /the proxy cannot be reached \(ECONNREFUSED 127\.0\.0\.1.*Check HTTPS_PROXY/,
  },
  'the password is wrong': {
    wrong: ({ port }) => connectProxy({ port, credentials: 'user:another' }),
    code: 'proxy-refused',
    says: /answered HTTP 407 to CONNECT.*Check HTTPS_PROXY \(HTTP_PROXY for .* with its user and password/,
  },
  'the host is out of its reach': {
    wrong: ({ port }) => connectProxy({ port, refuseWith: 503 }),
    code: 'proxy-failure',
    says: /answered HTTP 503 to CONNECT.*Check HTTPS_PROXY/,
  },
  'no HTTP is spoken': {
    wrong: ({ port }) => garbageFront(port),
    code: 'proxy-failure',
    says: /Check HTTPS_PROXY/,
  },
}

describe.concurrent('a worker at whose PoD address', () => {
  for (const [what, fault] of Object.entries(atTheAddress))
    it(
      `${what} says so with the remedy, and goes on when that is mended`,
      { timeout: TEST_MS },
      ({ expect }) => expectNamedThenMended(expect, fault, mendedPod, podAt),
    )
})

describe.concurrent('a worker behind a proxy where', () => {
  const right = ({ port }: Surroundings) => connectProxy({ port, credentials: 'user:secret' })
  const proxied = (port: number) => ({ HTTP_PROXY: `http://user:secret@127.0.0.1:${port}` })
  for (const [what, fault] of Object.entries(atTheProxy))
    it(
      `${what} says so with the remedy, and goes on when that is mended`,
      { timeout: TEST_MS },
      ({ expect }) => expectNamedThenMended(expect, fault, right, proxied),
    )
})

describe('a worker whose PoD host', () => {
  it.skipIf(!canMount)(
    'has no name in the DNS says so with the remedy, and goes on when it has',
    { timeout: TEST_MS },
    async () => {
      await using collector = await judgingCollector(() => ({ status: 200 }))
      const simulator = await simulated({ rates: { message: 20 } })
      using state = stateDirectory()
      using files = mkdtempDisposableSync(join(tmpdir(), 'hosts-'))
      using ca = authorityFile()
      const hosts = join(files.path, 'hosts')
      writeFileSync(hosts, '127.0.0.1 localhost\n')
      const names = { subjectAltName: 'DNS:pod.invalid' }
      await using pod = await tlsFront(authority.issue('pod', names), Number(new URL(simulator.podUrl).port))
      await using running = command(
        ['run'],
        {
          ...workerEnv({ simulator, state: state.path, collector: new URL(collector.url).origin }),
          ...onlyMessages,
          PROOFPOINT_POD_URL: `wss://pod.invalid:${pod.port}/v1/stream`,
          NODE_EXTRA_CA_CERTS: ca.path,
          PATH: process.env['PATH'] ?? '',
        },
        undefined,
        [...ownMounts, 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts],
      )
      await expect
        .poll(() => logOf(running).find(line => line.code === 'dns-failure')?.msg, soon)
        .toMatch(/pod\.invalid:\d+ cannot be resolved \(.*\)\. .*Check the DNS.*Waiting helps/)
      writeFileSync(hosts, '127.0.0.1 localhost pod.invalid\n')
      await expect.poll(() => collector.taken.length, soon).toBeGreaterThan(0)
      running.signal('SIGTERM')
      expect(await running.ended).toBe(0)
      await simulator.close()
    },
  )
})
