import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { takeLock } from '../../src/state/lock.ts'
import { command, commandResult } from '../support/command.ts'
import { secrets } from '../support/worker.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const pod = { PROOFPOINT_POD_CLUSTER_ID: 'example_hosted', PROOFPOINT_POD_TOKEN: secrets.token }

/** One line, however it is filled; no stack trace. */
const oneLine = /^proofpoint-otel: .+\n$/

describe('the command line', () => {
  it('tells its version and its help', async () => {
    expect(await commandResult(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    const help = await commandResult(['--help'])
    expect(help.code).toBe(0)
    for (const word of [
      'run',
      'demo',
      'simulate',
      'check',
      'report',
      'dead-letters',
      'map',
      'PROOFPOINT_POD_TOKEN',
      'Exit codes',
    ])
      expect(help.out).toContain(word)
  })

  it.each([
    ['run', 'Takes no options'],
    ['demo', '--seconds N '],
    ['check', 'Takes no'],
    ['report', '--stream NAME ', '--json ', '--from TIME ', '--to TIME', '--strict '],
    ['backfill', '--stream NAME ', '--from TIME ', '--to TIME', '--yes '],
    ['dead-letters', 'list ', 'show ID ', 'export ', 'replay ID ', 'drop ID ', '--all'],
    ['map', '--kind KIND '],
    ['simulate', '--port N '],
  ])('%s --help tells of that command alone', async (name, ...words) => {
    const { code, out, err } = await commandResult([name, '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`^usage: proofpoint-otel ${name}\\b`))
    for (const word of words) expect(out).toContain(word)
    expect(out).not.toContain('PROOFPOINT_POD_TOKEN')
  })

  it.each([
    [['rum'], 'there is no command "rum"'],
    [['run', '--fast'], 'run takes no arguments'],
    [['dead-letters'], 'usage'],
    [['report', '--yaml'], 'report: Unknown option'],
    [['simulate', '--message', 'many'], '--message takes a number'],
    [['demo', '--seconds', '-1'], 'demo: '],
  ])('%j is refused in one line with code 2', async (args, words) => {
    const { code, err } = await commandResult(args, pod)
    expect(code).toBe(2)
    expect(err).toContain(words)
    expect(err).toMatch(oneLine)
  })

  it.each([['run'], ['check']])('%s reports all faults of the settings at once, with code 2', async name => {
    const { code, err } = await commandResult([name], {
      PROOFPOINT_POD_CLUSTER: 'c',
      PROOFPOINT_TAP_INTERVAL: 'often',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      HTTPS_PROXY: 'socks5://127.0.0.1:1',
    })
    expect(code).toBe(2)
    expect(err).toContain('5 faults')
    for (const words of [
      'Did you mean PROOFPOINT_POD_CLUSTER_ID?',
      'PROOFPOINT_TAP_INTERVAL',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'HTTPS_PROXY',
    ])
      expect(err).toContain(words)
    expect(err).not.toContain('    at ')
  })

  it('a state directory that cannot be made is refused in one line with code 3', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'no-state-')), 'file')
    writeFileSync(file, '')
    for (const name of ['run', 'check']) {
      const { code, err } = await commandResult([name], { ...pod, PROOFPOINT_STATE_DIR: join(file, 'state') })
      expect(code).toBe(3)
      expect(err).toMatch(oneLine)
      expect(err).toContain('PROOFPOINT_STATE_DIR')
    }
  })

  it('a state directory in use is refused with code 3, in words for every command that may hold it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'locked-'))
    const lock = takeLock(directory)
    const { code, err } = await commandResult(['run'], { ...pod, PROOFPOINT_STATE_DIR: directory })
    lock.release()
    expect(code).toBe(3)
    expect(err).toMatch(
      /is in use by another process\. .* a worker, or a .*backfill, dead-letters replay or drop\. Let/,
    )
  })

  it('report says that there is no state, with code 3', async () => {
    const { code, err } = await commandResult(['report'], { PROOFPOINT_STATE_DIR: '/nowhere' })
    expect(code).toBe(3)
    expect(err).toMatch(oneLine)
  })

  it('check prints the settings in effect, hides the secrets and leaves nothing behind', async () => {
    const state = join(mkdtempSync(join(tmpdir(), 'check-')), 'state')
    const { code, out } = await commandResult(['check'], {
      ...pod,
      PROOFPOINT_STATE_DIR: state,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${secrets.bearer}`,
    })
    expect(code).toBe(0)
    expect(out).toContain('PROOFPOINT_POD_CLUSTER_ID=example_hosted\n')
    expect(out).toContain('PROOFPOINT_POD_TOKEN=(hidden)\n')
    expect(out).toContain('PROOFPOINT_TAP_INTERVAL=60s  (default)\n')
    expect(out).toContain('OTEL_EXPORTER_OTLP_HEADERS=(hidden)\n')
    expect(out).toContain('records go to http://localhost:4318/v1/logs')
    for (const secret of Object.values(secrets)) expect(out).not.toContain(secret)
    expect(() => readFileSync(state)).toThrow('ENOENT')
  })
})

describe('simulate', () => {
  it('serves until it is stopped, and says what a worker needs to be told', async () => {
    await using running = command(['simulate', '--port', '0'])
    await expect
      .poll(() => running.out())
      .toMatch(
        /PROOFPOINT_POD_URL=ws:\/\/127\.0\.0\.1:\d+\/v1\/stream\nPROOFPOINT_TAP_URL=http:\/\/127\.0\.0\.1:\d+\n/,
      )
    running.signal('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(running.err()).toContain('sent live: message 0')
  })

  it('a busy port is refused in one line with code 2', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { code, err } = await commandResult([
      'simulate',
      '--port',
      String((server.address() as AddressInfo).port),
    ])
    server.close()
    expect(code).toBe(2)
    expect(err).toMatch(oneLine)
    expect(err).toContain('--port')
  })
})

describe('demo', () => {
  it('shows records of all seven kinds and a summary, and ends by itself', async () => {
    const { code, out } = await commandResult(['demo', '--seconds', '6'])
    expect(code).toBe(0)
    for (const kind of [
      'pod.message',
      'pod.maillog',
      'pod.audit',
      'tap.message.delivered',
      'tap.message.blocked',
      'tap.click.permitted',
      'tap.click.blocked',
    ]) {
      expect(out.match(new RegExp(`proofpoint\\.${kind} `, 'g'))?.length, kind).toBeGreaterThan(1)
    }
    expect(out).toMatch(/proofpoint\.pod\.message\s+(\d+) records {2}of \1 events sent/)
    expect(out).toContain('nothing that was read is undelivered')
  })

  it('ends cleanly on Ctrl-C', async () => {
    await using running = command(['demo'])
    await expect.poll(() => running.out(), { timeout: 10_000 }).toContain('proofpoint.pod.message')
    running.signal('SIGINT')
    expect(await running.ended).toBe(0)
    expect(running.out()).toContain('What you saw')
  })
})
