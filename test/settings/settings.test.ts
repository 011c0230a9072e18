import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/settings/read.ts'

const pod = { PROOFPOINT_POD_CLUSTER_ID: 'example_hosted', PROOFPOINT_POD_TOKEN: 'pod-secret-9f3a' }
const tap = { PROOFPOINT_TAP_PRINCIPAL: 'principal', PROOFPOINT_TAP_SECRET: 'tap-secret-77c1' }
const faultsOf = (env: Record<string, string>) => readSettings(env).faults
const settingsAtFault = (env: Record<string, string>) => faultsOf(env).map(fault => fault.setting)

describe('reading', () => {
  it('gives typed values, with durations in ms and sizes in bytes', async () => {
    const { settings, faults } = readSettings({
      ...pod,
      ...tap,
      PROOFPOINT_TAP_LOOK_BACK: '40m',
      PROOFPOINT_TAP_SWEEP: 'off',
    })
    expect(faults).toEqual([])
    expect(settings).toMatchObject({
      podClusterId: 'example_hosted',
      podStreams: ['message', 'maillog', 'audit'],
      tapLookBack: 2_400_000,
      tapSweep: 'off',
      tapBackfillShare: 0.1,
      maxRecordBytes: 921_600,
      maxBufferBytes: 37_748_736,
      start: { at: 'now' },
      eventNameAttribute: false,
      rehearsalClock: undefined,
    })
    await expect(settings.podToken?.read()).resolves.toBe('pod-secret-9f3a')
  })

  it('takes an empty variable for one that is not set', () => {
    const { settings, faults } = readSettings({
      ...pod,
      PROOFPOINT_TAP_INTERVAL: '',
      PROOFPOINT_TAP_PRINCIPAL: '',
    })
    expect(faults).toEqual([])
    expect(settings.tapInterval).toBe(60_000)
  })

  it.each([
    ['now', { at: 'now' }],
    ['24h', { backMs: 86_400_000 }],
    ['2026-11-22T00:00:00Z', { timeMs: Date.parse('2026-11-22T00:00:00Z') }],
    ['2026-11-22T02:00+02:00', { timeMs: Date.parse('2026-11-22T00:00:00Z') }],
    ['2026-11-22', { timeMs: Date.parse('2026-11-22T00:00:00Z') }],
  ])('reads the start %s', (text, start) => {
    expect(readSettings({ ...pod, PROOFPOINT_START: text }).settings.start).toEqual(start)
  })

  it('reads a secret file anew at each use, without its line end', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'token')
    writeFileSync(file, 'first\n')
    const { settings } = readSettings({ PROOFPOINT_POD_CLUSTER_ID: 'c', PROOFPOINT_POD_TOKEN_FILE: file })
    await expect(settings.podToken?.read()).resolves.toBe('first')
    writeFileSync(file, 'second\n')
    await expect(settings.podToken?.read()).resolves.toBe('second')
    writeFileSync(file, '\n')
    await expect(settings.podToken?.read()).rejects.toMatchObject({ code: 'secret-unreadable' })
  })
})

describe('faults', () => {
  it('are reported all at once, each with its remedy', () => {
    const faults = faultsOf({
      ...pod,
      PROOFPOINT_POD_STREAM: 'message',
      PROOFPOINT_TAP_INTERVAL: '60',
      PROOFPOINT_MAX_IN_FLIGHT: '0',
      PROOFPOINT_BODY: 'none',
    })
    expect(faults.map(fault => fault.setting)).toEqual([
      'PROOFPOINT_POD_STREAM',
      'PROOFPOINT_TAP_INTERVAL',
      'PROOFPOINT_MAX_IN_FLIGHT',
      'PROOFPOINT_BODY',
    ])
    expect(faults[0]?.remedy).toBe('Did you mean PROOFPOINT_POD_STREAMS?')
    for (const fault of faults) expect(fault.remedy).toMatch(/\w/)
  })

  it.each([
    ['nothing to collect', {}, 'PROOFPOINT_POD_CLUSTER_ID, PROOFPOINT_TAP_PRINCIPAL'],
    ['a cluster without a token', { PROOFPOINT_POD_CLUSTER_ID: 'c' }, 'PROOFPOINT_POD_TOKEN'],
    ['a token without a cluster', { PROOFPOINT_POD_TOKEN: 't' }, 'PROOFPOINT_POD_CLUSTER_ID'],
    ['a principal without a secret', { PROOFPOINT_TAP_PRINCIPAL: 'p' }, 'PROOFPOINT_TAP_SECRET'],
    ['a secret without a principal', { PROOFPOINT_TAP_SECRET: 's' }, 'PROOFPOINT_TAP_PRINCIPAL'],
    [
      'plain ws:// to a real host',
      { ...pod, PROOFPOINT_POD_URL: 'ws://logstream.example.com/v1/stream' },
      'PROOFPOINT_POD_URL',
    ],
    [
      'plain http:// to a real host',
      { ...tap, PROOFPOINT_TAP_URL: 'http://tap.example.com' },
      'PROOFPOINT_TAP_URL',
    ],
    [
      'virtual time on a real host',
      { ...pod, PROOFPOINT_REHEARSAL_CLOCK: '60x@2026-11-22T02:00:00Z' },
      'PROOFPOINT_REHEARSAL_CLOCK',
    ],
    [
      'no TLS checks on a real host',
      { ...pod, NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      'NODE_TLS_REJECT_UNAUTHORIZED',
    ],
    [
      'a look-back of an hour',
      { ...tap, PROOFPOINT_TAP_LOOK_BACK: '1h' },
      'PROOFPOINT_TAP_LOOK_BACK, PROOFPOINT_TAP_INTERVAL',
    ],
    ['a sweep before the look-back is over', { ...tap, PROOFPOINT_TAP_SWEEP: '30m' }, 'PROOFPOINT_TAP_SWEEP'],
    ['a sweep of what TAP has dropped', { ...tap, PROOFPOINT_TAP_SWEEP: '7d' }, 'PROOFPOINT_TAP_SWEEP'],
    [
      'no share for backfill',
      { ...tap, PROOFPOINT_TAP_BACKFILL_SHARE: '0%' },
      'PROOFPOINT_TAP_BACKFILL_SHARE',
    ],
    [
      'no share for polls',
      { ...tap, PROOFPOINT_TAP_BACKFILL_SHARE: '100%' },
      'PROOFPOINT_TAP_BACKFILL_SHARE',
    ],
    ['a poll each second', { ...tap, PROOFPOINT_TAP_INTERVAL: '1s' }, 'PROOFPOINT_TAP_INTERVAL'],
    [
      'buffers for less than a few events',
      { ...pod, PROOFPOINT_MAX_BUFFER_BYTES: '1023KiB' },
      'PROOFPOINT_MAX_BUFFER_BYTES',
    ],
    ['a body that loses fields', { ...pod, PROOFPOINT_BODY: 'none' }, 'PROOFPOINT_BODY'],
    [
      'a stream that does not exist',
      { ...pod, PROOFPOINT_POD_STREAMS: 'message,mails' },
      'PROOFPOINT_POD_STREAMS',
    ],
    [
      'a secret file that is not there',
      { PROOFPOINT_POD_CLUSTER_ID: 'c', PROOFPOINT_POD_TOKEN_FILE: '/nowhere' },
      'PROOFPOINT_POD_TOKEN_FILE',
    ],
    [
      'a start in nobody knows whose time',
      { ...pod, PROOFPOINT_START: '2026-11-22T02:00:00' },
      'PROOFPOINT_START',
    ],
    ['a start that is a number', { ...pod, PROOFPOINT_START: '1' }, 'PROOFPOINT_START'],
    ['a secret given twice', { ...pod, PROOFPOINT_POD_TOKEN_FILE: '/nowhere' }, 'PROOFPOINT_POD_TOKEN'],
  ])('%s', (_, env, setting) => {
    expect(settingsAtFault(env)).toContain(setting)
  })

  it('a secret that no header can hold is a fault', () => {
    expect(settingsAtFault({ ...pod, PROOFPOINT_POD_TOKEN: 'first\nsecond' })).toEqual([
      'PROOFPOINT_POD_TOKEN',
    ])
    expect(settingsAtFault({ ...pod, PROOFPOINT_POD_TOKEN: 'zero\u200bwidth' })).toEqual([
      'PROOFPOINT_POD_TOKEN',
    ])
  })

  it('the variables that Kubernetes makes for a Service of that name are none of ours', () => {
    const links = [
      'SERVICE_HOST',
      'SERVICE_PORT',
      'SERVICE_PORT_HTTP',
      'PORT',
      'PORT_80_TCP',
      'PORT_80_TCP_PROTO',
      'PORT_80_TCP_ADDR',
    ]
    expect(
      faultsOf({
        ...pod,
        ...Object.fromEntries(links.map(link => [`PROOFPOINT_OTEL_${link}`, 'tcp://10.0.0.1:80'])),
      }),
    ).toEqual([])
  })

  it('plain URLs are fine for loopback hosts', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.8.8', '[::1]']) {
      expect(
        faultsOf({
          ...pod,
          ...tap,
          PROOFPOINT_POD_URL: `ws://${host}:9/v1/stream`,
          PROOFPOINT_TAP_URL: `http://${host}:9`,
        }),
      ).toEqual([])
    }
    expect(settingsAtFault({ ...pod, PROOFPOINT_POD_URL: 'ws://localhost.example.com/' })).toEqual([
      'PROOFPOINT_POD_URL',
    ])
  })

  it('never tell a secret', () => {
    const told = JSON.stringify(
      faultsOf({
        ...pod,
        ...tap,
        PROOFPOINT_POD_TOKEN_FILE: '/nowhere',
        PROOFPOINT_POD_TOKN: 'pod-secret-9f3a',
        PROOFPOINT_POD_CLUSTER_ID: '',
      }),
    )
    expect(told).not.toContain('secret-9f3a')
    expect(told).not.toContain('secret-77c1')
  })
})
