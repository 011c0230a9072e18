import { beforeAll, describe, expect, test } from 'vitest'
import { otlpSettings, readEnvironment } from '../../src/otlp/environment.ts'
import { certificateAuthority, type KeyPair } from '../support/certificates.ts'

const noFiles = (path: string): Buffer => {
  throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
}

const read = (env: Record<string, string>, files: Record<string, Buffer> = {}) =>
  readEnvironment(env, path => files[path] ?? noFiles(path))

const otlpOf = (env: Record<string, string>) => {
  const { settings, faults } = read(env)
  expect(faults).toEqual([])
  return settings.otlp
}

/** The settings blamed for an environment. */
const blamed = (env: Record<string, string>) => read(env).faults.map(({ setting }) => setting)

test('an empty environment gives the defaults of the specification', () => {
  expect(read({})).toEqual({
    settings: {
      exporter: 'otlp',
      otlp: {
        url: 'http://localhost:4318/v1/logs',
        headers: {},
        timeoutMs: 10_000,
        compression: 'none',
        protocol: 'http/protobuf',
      },
      resourceAttributes: {},
    },
    faults: [],
  })
})

test('an empty variable counts as not set', () => {
  const empty = Object.fromEntries(otlpSettings.map(({ name }) => [name, ' ']))
  expect(read(empty)).toEqual(read({}))
})

describe('the endpoint', () => {
  test.each([
    ['http://collector:4318', 'http://collector:4318/v1/logs'],
    ['https://collector/', 'https://collector/v1/logs'],
    ['https://collector/otlp//', 'https://collector/otlp/v1/logs'],
    ['https://collector/otlp?key=1', 'https://collector/otlp/v1/logs?key=1'],
    ['http://[::1]:4318', 'http://[::1]:4318/v1/logs'],
  ])('%s is completed to %s', (endpoint, url) => {
    expect(otlpOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toMatchObject({ url })
  })

  test.each([
    ['https://collector/otlp', 'https://collector/otlp'],
    ['https://collector', 'https://collector/'],
  ])('for logs, %s, is used as it is and goes before the general one', (endpoint, url) => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: endpoint }
    expect(otlpOf(env)).toMatchObject({ url })
  })

  test.each(['collector:4318', 'grpc://collector:4317', 'http://', 'https://user:hunter2@collector'])(
    'like %s is a fault that does not repeat it',
    endpoint => {
      const { faults } = read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
      expect(faults).toMatchObject([{ setting: 'OTEL_EXPORTER_OTLP_ENDPOINT' }])
      expect(JSON.stringify(faults)).not.toContain('hunter2')
    },
  )
})

describe('headers', () => {
  test('are pairs with percent-encoded values', () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a%2Cb==, x-tenant = one ,' }
    expect(otlpOf(env).headers).toEqual({ authorization: 'Bearer a,b==', 'x-tenant': 'one' })
  })

  test('for logs replace the general ones', () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'a=1', OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'b=2' }
    expect(otlpOf(env).headers).toEqual({ b: '2' })
  })

  test.each([
    'hunter2',
    '=hunter2',
    'authorization=hunter2%',
    'authorization=hunter2%0d%0aevil: 1',
    'authorization=hunter2%E4%BD%A0',
    'bad name=hunter2',
    'content-type=hunter2',
    'proxy-authorization=hunter2',
  ])('like %s are a fault that does not tell the value', headers => {
    const { faults } = read({ OTEL_EXPORTER_OTLP_HEADERS: headers })
    expect(faults).toMatchObject([{ setting: 'OTEL_EXPORTER_OTLP_HEADERS' }])
    expect(JSON.stringify(faults)).not.toContain('hunter2')
  })
})

test('the words of a choice may be in any case', () => {
  const env = {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/JSON',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'GZIP',
    OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '2500',
  }
  expect(otlpOf(env)).toMatchObject({ protocol: 'http/json', compression: 'gzip', timeoutMs: 2_500 })
  expect(read({ OTEL_LOGS_EXPORTER: 'console' }).settings.exporter).toBe('console')
})

test('gRPC is refused with the advice to use the other port', () => {
  const { faults } = read({ OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc' })
  expect(faults).toMatchObject([
    { setting: 'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', remedy: expect.stringContaining('4318') },
  ])
})

test('all faults are told at once, each under the name that was set', () => {
  expect(
    blamed({
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '0',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_HEADERS: 'x',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem',
      OTEL_RESOURCE_ATTRIBUTES: 'a=1,b',
    }).toSorted(),
  ).toEqual([
    'OTEL_EXPORTER_OTLP_CERTIFICATE',
    'OTEL_EXPORTER_OTLP_COMPRESSION',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'OTEL_EXPORTER_OTLP_LOGS_TIMEOUT',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'OTEL_LOGS_EXPORTER',
    'OTEL_RESOURCE_ATTRIBUTES',
  ])
})

test.each(['-1', '10s', '1e3', '99999999999'])('a time-out of %s is a fault', timeout => {
  expect(blamed({ OTEL_EXPORTER_OTLP_TIMEOUT: timeout })).toEqual(['OTEL_EXPORTER_OTLP_TIMEOUT'])
})

test('resource attributes are pairs with percent-encoded values', () => {
  const { settings } = read({
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test, team=mail%2Csecurity',
  })
  expect(settings.resourceAttributes).toEqual({
    'deployment.environment.name': 'test',
    team: 'mail,security',
  })
})

describe('certificate files', () => {
  const names = {
    OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 'client.pem',
    OTEL_EXPORTER_OTLP_CLIENT_KEY: 'client.key',
  }
  let ca: Buffer
  let client: KeyPair
  let other: KeyPair

  beforeAll(() => {
    const authority = certificateAuthority('Test CA')
    ca = authority.cert
    client = authority.issue('client')
    other = authority.issue('other')
  })

  test('are read', () => {
    const files = { 'ca.pem': ca, 'client.pem': client.cert, 'client.key': client.key }
    const { settings, faults } = read(names, files)
    expect(faults).toEqual([])
    expect(settings.otlp.tls).toEqual({ ca, cert: client.cert, key: client.key })
  })

  test('that cannot be read are faults that name the file', () => {
    const { faults } = read(names)
    expect(faults.map(({ problem }) => problem)).toEqual([
      'the file ca.pem cannot be read: ENOENT',
      'the file client.pem cannot be read: ENOENT',
      'the file client.key cannot be read: ENOENT',
    ])
  })

  test('without a certificate in them are faults', () => {
    const files = {
      'ca.pem': Buffer.from('hello'),
      'client.pem': Buffer.from('hello'),
      'client.key': client.key,
    }
    expect(read(names, files).faults).toMatchObject([
      { setting: 'OTEL_EXPORTER_OTLP_CERTIFICATE', problem: 'the file ca.pem holds no certificate' },
      { setting: 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE' },
    ])
  })

  test('of a client whose key is another are a fault', () => {
    const files = { 'ca.pem': ca, 'client.pem': client.cert, 'client.key': other.key }
    expect(read(names, files).faults).toMatchObject([{ setting: 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE' }])
  })

  test('of a client without its key are a fault', () => {
    const { faults } = read(
      { OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 'client.pem' },
      { 'client.pem': client.cert },
    )
    expect(faults).toMatchObject([{ problem: 'the client key that belongs to it is not given' }])
  })
})
