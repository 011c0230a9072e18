import { expect, it } from 'vitest'
import { readSettings } from '../../src/settings/read.ts'
import { shareOf } from '../../src/worker/share.ts'

const pod = { PROOFPOINT_POD_CLUSTER_ID: 'example_hosted', PROOFPOINT_POD_TOKEN: 'x' }
const tap = { PROOFPOINT_TAP_PRINCIPAL: 'example', PROOFPOINT_TAP_SECRET: 'x' }
const one = { PROOFPOINT_POD_STREAMS: 'message' }
const archive = { PROOFPOINT_POD_ARCHIVE_TOKEN: 'y' }

it.each([
  ['one PoD stream', { ...pod, ...one }, 1, 0],
  ['all PoD streams', pod, 3, 0],
  ['TAP', tap, 0, 2],
  ['all PoD streams and TAP', { ...pod, ...tap }, 3, 2],
  ['all of them, with archives beside', { ...pod, ...archive, ...tap }, 3, 5],
] as const)('%s: what all readers wait with, and send, stays within the setting', (_, env, live, others) => {
  for (const mib of [8, 32, 256]) {
    const { settings } = readSettings({ ...env, PROOFPOINT_MAX_BUFFER_BYTES: `${mib}MiB` })
    expect(Number.isInteger(shareOf(settings))).toBe(true)
    // Waiting, on six pages or one, and twice as much in requests of each.
    expect((19 * live + 4 * others) * shareOf(settings)).toBeLessThanOrEqual(mib * 2 ** 20)
  }
})

it.each([
  ['one PoD stream', { ...pod, ...one }, 38],
  ['TAP', tap, 38],
  ['all PoD streams and TAP', { ...pod, ...tap }, 65],
] as const)('%s: all of the setting is shared out', (_, env, shares) => {
  const { settings } = readSettings(env)
  expect(shareOf(settings)).toBe(Math.floor(settings.maxBufferBytes / shares))
})
