import { describe, expect, test } from 'vitest'
import { guarded } from '../../src/otlp/guard.ts'
import type { Batch, Outcome } from '../../src/pipeline.ts'
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

describe('with a record that was accepted before', () => {
  const empty = batchOf()
  const known = batchOf(logRecord())
  const hasSample: Batch = { ...batchOf(logRecord(), logRecord()), sample: () => known }

  /** A guarded exporter that accepted a record, and then refused singles as often as told. */
  async function doubting(refusals: number) {
    const sent: Batch[] = []
    const answers = new Map<Batch, Outcome>([[hasSample, accepted]])
    const exporter = guarded({
      async export(batch) {
        sent.push(batch)
        return answers.get(batch) ?? refused
      },
      close: async () => {},
    })
    const statusOf = async (batch: Batch) => (await exporter.export(batch, never)).status
    await statusOf(hasSample)
    for (let i = 0; i < refusals; i++) expect(await statusOf(one)).toBe('refused')
    sent.length = 0
    return { sent, answers, statusOf }
  }

  test('the empty request is sent as it is after twenty refusals', async () => {
    const { sent, answers, statusOf } = await doubting(20)
    answers.set(empty, accepted)
    expect(await statusOf(empty)).toBe('accepted')
    expect(sent).toEqual([empty])
  })

  test('that record is sent in its place after one more, and makes refusals believable while it is taken', async () => {
    const { sent, answers, statusOf } = await doubting(21)
    answers.set(known, accepted).set(empty, accepted)
    expect(await statusOf(empty)).toBe('accepted')
    expect(sent).toEqual([known])
    for (let i = 0; i < 20; i++) expect(await statusOf(one)).toBe('refused')
    expect(await statusOf(empty)).toBe('accepted')
    expect(sent.at(-1)).toBe(empty)
  })

  test('every refusal holds once that record is refused too, until it is taken again', async () => {
    const { sent, answers, statusOf } = await doubting(21)
    answers.set(empty, accepted)
    const two = batchOf(logRecord(), logRecord())
    expect(await statusOf(empty)).toBe('hold')
    expect(await statusOf(two)).toBe('hold')
    expect(await statusOf(one)).toBe('hold')
    expect(sent).toEqual([known, two, known, one, known])
    answers.set(known, accepted)
    // It was refused before that: it is to be sent again.
    expect(await statusOf(two)).toBe('hold')
    sent.length = 0
    expect(await statusOf(two)).toBe('refused')
    expect(sent).toEqual([two])
  })

  test('a busy collector has not answered the question: its answer passes, and is no reason to hold', async () => {
    const { sent, answers, statusOf } = await doubting(21)
    answers.set(known, { status: 'retry', reason: 'busy' })
    expect(await statusOf(empty)).toBe('retry')
    sent.length = 0
    expect(await statusOf(one)).toBe('refused')
    expect(sent).toEqual([one])
  })

  test('a later batch without a sample leaves it what it was', async () => {
    const { sent, answers, statusOf } = await doubting(0)
    answers.set(empty, accepted).set(known, accepted)
    await statusOf(empty)
    for (let i = 0; i < 21; i++) await statusOf(one)
    await statusOf(empty)
    expect(sent.at(-1)).toBe(known)
  })
})
