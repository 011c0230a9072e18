/** Bytes of the state file are overwritten at random: it is set aside, or all that matters in it is as it was. */
import { closeSync, cpSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/clock.ts'
import { handClock, opened, temporaryDirectory } from './directories.ts'
import { live, never, receiptOf, uidOf } from './receipts.ts'

const STREAM = 'pod/message@test'
const NOW = 10_000 * HOUR_MS
const texts = Array.from({ length: 400 }, (_, i) => `${NOW}:${i}`)

async function filled(): Promise<string> {
  const directory = temporaryDirectory()
  const state = opened(directory, handClock(NOW))
  state.begin()
  const receipt = await receiptOf([...texts, `${NOW}:bad${'x'.repeat(9_000)}`], { cursor: { heldAt: NOW } })
  await state.commit(live(STREAM), receipt, never)
  state.endCleanly()
  state.close()
  return directory
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, bytes, 0, bytes.length, at)
  closeSync(descriptor)
}

/** Whether the file was set aside. Throws when the state is neither a new one nor, in what it promises, the old one. */
async function startOn(directory: string): Promise<boolean> {
  const state = opened(directory, handClock(NOW))
  const isSetAside = state.setAside.length > 0
  const before = state.begin()
  const cursor = state.cursor(live(STREAM))
  if (isSetAside) {
    expect(before).toMatchObject({ ended: 'unreadable' })
    expect(cursor).toBeUndefined()
  } else if (cursor === undefined) {
    // A name that is not the stream's any more: the stream is a new one, which is said by its hours.
    expect(state.startedAt(STREAM)).toBe(NOW)
  }
  // A digest that is damaged makes its event unknown, never another one known.
  expect(state.delivered(STREAM).has(uidOf(`${NOW}:never seen`))).toBe(false)
  await state.commit(live(STREAM), await receiptOf([`${NOW}:after`]), never)
  expect(state.delivered(STREAM).has(uidOf(`${NOW}:after`))).toBe(true)
  state.close()
  return isSetAside
}

describe('a state file in which bytes were overwritten at random', () => {
  it('never keeps the worker from starting, and is never half believed', async () => {
    const original = await filled()
    const { size } = statSync(join(original, 'state.sqlite'))
    let setAside = 0
    await fc.assert(
      fc.asyncProperty(
        fc.nat(size - 1),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        async (at, bytes) => {
          const directory = temporaryDirectory()
          cpSync(join(original, 'state.sqlite'), join(directory, 'state.sqlite'))
          overwrite(join(directory, 'state.sqlite'), at, bytes)
          if (await startOn(directory)) setAside++
        },
      ),
      { numRuns: 60 },
    )
    expect(setAside).toBeGreaterThan(0)
  })

  it('or that was cut off anywhere, is set aside, unless nothing was in the rest', async () => {
    const original = await filled()
    const { size } = statSync(join(original, 'state.sqlite'))
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), async length => {
        const directory = temporaryDirectory()
        cpSync(join(original, 'state.sqlite'), join(directory, 'state.sqlite'))
        truncateSync(join(directory, 'state.sqlite'), length)
        if (await startOn(directory)) return
        const state = opened(directory, handClock(NOW))
        expect(texts.map(uidOf).every(state.delivered(STREAM).has)).toBe(true)
        expect([...state.deadLetters.export()][0]?.text).toHaveLength(9_000 + `${NOW}:bad`.length)
        state.close()
      }),
      { numRuns: 20 },
    )
  })
})

describe('a damage that a quick look does not find is found:', () => {
  it('an index that lacks a row of its table', async () => {
    const directory = await filled()
    const db = new DatabaseSync(join(directory, 'state.sqlite'))
    db.enableDefensive(false)
    db.exec('PRAGMA writable_schema = ON')
    db.exec(
      "UPDATE sqlite_schema SET sql = replace(sql, 'committed)', 'committed) WHERE hour < 0') WHERE name = 'delivered_by_hour'",
    )
    db.close()
    const damaged = new DatabaseSync(join(directory, 'state.sqlite'))
    damaged.exec('REINDEX delivered_by_hour')
    damaged.enableDefensive(false)
    damaged.exec('PRAGMA writable_schema = ON')
    damaged.exec(
      "UPDATE sqlite_schema SET sql = replace(sql, ' WHERE hour < 0', '') WHERE name = 'delivered_by_hour'",
    )
    expect(damaged.prepare('PRAGMA quick_check(1)').get()).toEqual({ quick_check: 'ok' })
    damaged.close()
    expect(await startOn(directory)).toBe(true)
  })

  it('a cursor that is no cursor', async () => {
    const directory = await filled()
    const db = new DatabaseSync(join(directory, 'state.sqlite'))
    db.exec(`UPDATE streams SET cursor = '{"heldAt":36#'`)
    db.close()
    expect(await startOn(directory)).toBe(true)
  })
})

describe('a log of writes that was damaged', () => {
  it('is read up to the damage, like one that a power cut shortened', async () => {
    const original = temporaryDirectory()
    const state = opened(original, handClock(NOW))
    state.begin()
    for (let page = 1; page <= 10; page++)
      await state.commit(live(STREAM), await receiptOf([`${NOW}:${page}`], { cursor: { page } }), never)
    const { size } = statSync(join(original, 'state.sqlite-wal'))
    const pages = new Set<number>()
    for (let at = 100; at < size; at += 3_001) {
      const directory = temporaryDirectory()
      for (const name of ['state.sqlite', 'state.sqlite-wal'])
        cpSync(join(original, name), join(directory, name))
      overwrite(join(directory, 'state.sqlite-wal'), at, Buffer.from('damage'))
      const after = opened(directory, handClock(NOW))
      expect(after.setAside).toEqual([])
      const last = Number(after.cursor(live(STREAM))?.['page'] ?? 0)
      const { has } = after.delivered(STREAM)
      for (let page = 1; page <= 10; page++) expect(has(uidOf(`${NOW}:${page}`))).toBe(page <= last)
      pages.add(last)
      after.close()
    }
    state.close()
    expect(pages.size).toBeGreaterThan(3)
  })

  it('or is no log at all is not believed', async () => {
    const directory = await filled()
    writeFileSync(join(directory, 'state.sqlite-wal'), 'garbage '.repeat(2_000))
    expect(await startOn(directory)).toBe(false)
  })
})
