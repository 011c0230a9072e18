import { expect, test } from 'vitest'
import { limited } from '../../src/otlp/limit.ts'
import type { Exporter, Outcome } from '../../src/pipeline.ts'
import { batchOf, logRecord } from '../support/log-records.ts'

const never = new AbortController().signal

/** An exporter whose exports end when the test says so; `running` holds the uids of those under way, in order. */
function manual() {
  const running: { readonly uid: string; end(): void; fail(): void }[] = []
  const exporter: Exporter = {
    export(batch) {
      const [record] = batch
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
      running.push({
        uid: record?.uid ?? '',
        end: () => resolve({ status: 'accepted' }),
        fail: () => reject(new Error('stopping')),
      })
      return promise
    },
    close: async () => {},
  }
  return { exporter, running, uids: () => running.map(({ uid }) => uid) }
}

const batch = (uid: string) => batchOf(logRecord({ uid }))
/** Lets everything happen that is not waiting for the test. */
const settled = () => new Promise(resolve => setImmediate(resolve))

test('no more exports run at once than allowed, and the next starts when one ends', async () => {
  const { exporter, running, uids } = manual()
  const limit = limited(exporter, 2)
  const exports = ['a', 'b', 'c', 'd'].map(uid => limit.export(batch(uid), never))
  await settled()
  expect(uids()).toEqual(['a', 'b'])
  running[1]?.end()
  await settled()
  expect(uids()).toEqual(['a', 'b', 'c'])
  running[0]?.end()
  await settled()
  expect(uids()).toEqual(['a', 'b', 'c', 'd'])
  for (const { end } of running) end()
  expect(await Promise.all(exports)).toEqual(exports.map(() => ({ status: 'accepted' })))
})

test('a newcomer does not overtake those who wait', async () => {
  const { exporter, running, uids } = manual()
  const limit = limited(exporter, 1)
  const first = limit.export(batch('first'), never)
  const waiting = limit.export(batch('waiting'), never)
  await settled()
  running[0]?.end()
  await first
  const newcomer = limit.export(batch('newcomer'), never)
  await settled()
  expect(uids()).toEqual(['first', 'waiting'])
  running[1]?.end()
  await waiting
  await settled()
  running[2]?.end()
  await newcomer
})

test('a batch is not read while it waits', async () => {
  const { exporter, running } = manual()
  const limit = limited(exporter, 1)
  const first = limit.export(batch('first'), never)
  let read = false
  const second = limit.export(
    {
      size: 1,
      *[Symbol.iterator]() {
        read = true
        yield logRecord()
      },
    },
    never,
  )
  await settled()
  expect(read).toBe(false)
  running[0]?.end()
  await first
  await settled()
  expect(read).toBe(true)
  running[1]?.end()
  await second
})

test('an abort ends the waiting and frees nothing that it does not hold', async () => {
  const { exporter, running, uids } = manual()
  const limit = limited(exporter, 1)
  const abort = new AbortController()
  const first = limit.export(batch('first'), never)
  const given = limit.export(batch('given up'), abort.signal)
  const last = limit.export(batch('last'), never)
  abort.abort(new Error('stopping'))
  await expect(given).rejects.toThrow('stopping')
  await settled()
  expect(uids()).toEqual(['first'])
  running[0]?.end()
  await first
  await settled()
  expect(uids()).toEqual(['first', 'last'])
  running[1]?.end()
  await last
})

test('an export that throws gives its place back', async () => {
  const { exporter, running, uids } = manual()
  const limit = limited(exporter, 1)
  const first = limit.export(batch('first'), never)
  const second = limit.export(batch('second'), never)
  await settled()
  running[0]?.fail()
  await expect(first).rejects.toThrow('stopping')
  await settled()
  expect(uids()).toEqual(['first', 'second'])
  running[1]?.end()
  await second
})
