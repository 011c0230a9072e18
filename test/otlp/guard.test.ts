import { expect, test } from 'vitest'
import { guarded } from '../../src/otlp/guard.ts'
import type { Outcome } from '../../src/pipeline.ts'
import { batchOf, logRecord } from '../support/log-records.ts'

const never = new AbortController().signal
const refused: Outcome = { status: 'refused', reason: 'no' }
const accepted: Outcome = { status: 'accepted' }
const one = batchOf(logRecord())

/** A guarded exporter that answers what `answer` holds at the time. */
function scripted() {
  const answer = { outcome: refused }
  const exporter = guarded({ export: async () => answer.outcome, close: async () => {} })
  const send = async (outcome: Outcome, batch = one) => {
    answer.outcome = outcome
    return (await exporter.export(batch, never)).status
  }
  return {
    send,
    refuse: async (times: number) => {
      for (let i = 0; i < times; i++) await send(refused)
    },
  }
}

test('twenty refusals pass, the next one holds', async () => {
  const { send, refuse } = scripted()
  await refuse(19)
  expect(await send(refused)).toBe('refused')
  expect(await send(refused)).toBe('hold')
})

test('one acceptance of records makes refusals believable again', async () => {
  const { send, refuse } = scripted()
  await refuse(30)
  await send(accepted)
  expect(await send(refused)).toBe('refused')
})

test('records that are too large count like refused ones', async () => {
  const { send } = scripted()
  for (let i = 0; i < 20; i++) await send({ status: 'too large', reason: 'big' })
  expect(await send(refused)).toBe('hold')
})

test('larger batches are refused for any bad record in them, and count nothing', async () => {
  const { send } = scripted()
  for (let i = 0; i < 30; i++) await send(refused, batchOf(logRecord(), logRecord()))
  expect(await send(refused)).toBe('refused')
})

test('an accepted empty batch proves nothing', async () => {
  const { send, refuse } = scripted()
  await refuse(30)
  await send(accepted, batchOf())
  expect(await send(refused)).toBe('hold')
})

test('a partial success proves something unless every record was rejected, which is a refusal', async () => {
  const { send, refuse } = scripted()
  await refuse(30)
  await send({ status: 'partial', rejected: 1, reason: 'no' })
  expect(await send(refused)).toBe('hold')
  await send({ status: 'partial', rejected: 1, reason: 'no' }, batchOf(logRecord(), logRecord()))
  expect(await send(refused)).toBe('refused')
})

test('other outcomes pass as they are', async () => {
  const { send, refuse } = scripted()
  await refuse(30)
  expect(await send({ status: 'retry', reason: 'later' })).toBe('retry')
  expect(
    await send({ status: 'partial', rejected: 1, reason: 'one' }, batchOf(logRecord(), logRecord())),
  ).toBe('partial')
})
