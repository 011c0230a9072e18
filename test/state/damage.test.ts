import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { readState } from '../../src/state/read.ts'
import { SCHEMA_VERSION } from '../../src/state/schema.ts'
import { codeOf, opened, temporaryDirectory } from './directories.ts'
import { live, never, receiptOf, uidOf } from './receipts.ts'

const STREAM = 'pod/message@test'

async function filledDirectory(): Promise<string> {
  const directory = temporaryDirectory()
  const state = opened(directory)
  state.begin()
  const texts = Array.from({ length: 3_000 }, (_, i) => `${i}:${'x'.repeat(50)}`)
  await state.commit(
    live(STREAM),
    await receiptOf([...texts, `1:bad${'y'.repeat(50_000)}`], { cursor: { at: 1 } }),
    never,
  )
  state.endCleanly()
  state.close()
  return directory
}

// https://www.sqlite.org/fileformat2.html#walformat, with pages of 4096 bytes
const WAL_HEADER_BYTES = 32
const WAL_FRAME_BYTES = 24 + 4096

/** What a damage makes of the state file; each must be seen at the start. */
const damages: Record<string, (file: string) => void> = {
  'is no SQLite file': file => writeFileSync(file, 'garbage '.repeat(5_000)),
  'is empty': file => writeFileSync(file, ''),
  'is cut off': file => truncateSync(file, statSync(file).size / 2),
  'is zeroed in the middle': file => {
    const descriptor = openSync(file, 'r+')
    writeSync(descriptor, Buffer.alloc(4096), 0, 4096, 4096)
    closeSync(descriptor)
  },
  'is a database of something else': file => {
    writeFileSync(file, '')
    const db = new DatabaseSync(file)
    db.exec('CREATE TABLE somebodys (data TEXT)')
    db.close()
  },
}

describe('a state file that', () => {
  for (const [damage, inflict] of Object.entries(damages)) {
    it(`${damage} is set aside whole, and a new one is begun`, async () => {
      const directory = await filledDirectory()
      const file = join(directory, 'state.sqlite')
      inflict(file)
      utimesSync(file, 1_000_000, 1_000_000)
      const damaged = readFileSync(file)
      const lastChange = Math.floor(statSync(file).mtimeMs)
      const state = opened(directory)
      expect(state.setAside).toHaveLength(1)
      const [path = ''] = state.setAside
      expect(path).toMatch(/state\.sqlite\.unreadable-19700101T000001000Z$/)
      expect(readFileSync(path)).toEqual(damaged)
      expect(state.begin()).toEqual({ ended: 'unreadable', at: lastChange })
      expect(state.cursor(live(STREAM))).toBeUndefined()
      await state.commit(live(STREAM), await receiptOf([], { cursor: { at: 2 } }), never)
      state.endCleanly()
      state.close()
      const next = opened(directory)
      expect(next.setAside).toEqual([])
      expect(next.cursor(live(STREAM))).toEqual({ at: 2 })
      expect(next.begin()).toMatchObject({ ended: 'cleanly' })
      next.close()
    })
  }

  it('is damaged a second time at the same moment does not overwrite the first', async () => {
    const directory = await filledDirectory()
    for (const round of [1, 2]) {
      writeFileSync(join(directory, 'state.sqlite'), `garbage ${round}`)
      opened(directory).close()
    }
    const kept = readdirSync(directory).filter(name => name.includes('unreadable'))
    expect(kept.map(name => readFileSync(join(directory, name), 'utf8')).sort()).toEqual([
      'garbage 1',
      'garbage 2',
    ])
  })

  it('is gone while its log is left, as after an interrupted setting aside, is not taken for a first start', async () => {
    const directory = await filledDirectory()
    renameSync(join(directory, 'state.sqlite'), join(directory, 'state.sqlite-wal'))
    const state = opened(directory)
    expect(state.setAside).toHaveLength(1)
    expect(state.begin()).toMatchObject({ ended: 'unreadable' })
    state.close()
  })

  it('was never finished is made anew', () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'state.sqlite.new'), 'half')
    const state = opened(directory)
    expect(state.setAside).toEqual([])
    expect(state.begin()).toEqual({ ended: 'never ran' })
    state.close()
    expect(existsSync(join(directory, 'state.sqlite.new'))).toBe(false)
  })

  it('a newer version wrote is refused and stays as it is', async () => {
    const directory = await filledDirectory()
    const file = join(directory, 'state.sqlite')
    const db = new DatabaseSync(file)
    db.exec('PRAGMA user_version = 99')
    db.close()
    const before = readFileSync(file)
    expect(codeOf(() => opened(directory))).toBe('state-newer')
    expect(() => opened(directory)).toThrow(
      `has version 99; this program knows versions up to ${SCHEMA_VERSION}`,
    )
    expect(codeOf(() => readState(directory))).toBe('state-newer')
    expect(readFileSync(file)).toEqual(before)
    expect(readdirSync(directory).filter(name => name.includes('unreadable'))).toEqual([])
  })
})

describe('a power cut', () => {
  it('leaves, wherever it cuts the log, a state in which cursor, uids and dead letters agree', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory)
    state.begin()
    const page = (n: number) => [`5:${n}`, n % 4 === 0 ? `5:bad ${n}` : `6:${n}`]
    for (let n = 1; n <= 20; n++)
      await state.commit(live(STREAM), await receiptOf(page(n), { cursor: { page: n } }), never)
    const size = statSync(join(directory, 'state.sqlite-wal')).size
    const seen = new Set<number>()
    for (let cut = WAL_HEADER_BYTES; cut <= size; cut += WAL_FRAME_BYTES) {
      const copy = temporaryDirectory()
      for (const name of ['state.sqlite', 'state.sqlite-wal']) cpSync(join(directory, name), join(copy, name))
      truncateSync(join(copy, 'state.sqlite-wal'), cut)
      const after = opened(copy)
      const last = Number(after.cursor(live(STREAM))?.['page'] ?? 0)
      const uids = after.delivered(STREAM)
      for (let n = 1; n <= 20; n++)
        expect(page(n).map(text => uids.has(uidOf(text)))).toEqual([n <= last, n <= last])
      expect([...after.deadLetters.list()]).toHaveLength(Math.floor(last / 4))
      expect(after.setAside).toEqual([])
      after.close()
      seen.add(last)
    }
    expect([...seen]).toEqual(Array.from({ length: 21 }, (_, n) => n))
    state.close()
  })
})

describe('a place where no state can be', () => {
  it('below a file is said to be unwritable', () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'file'), '')
    expect(codeOf(() => opened(join(directory, 'file', 'state')))).toBe('state-unwritable')
    expect(codeOf(() => opened(join(directory, 'file')))).toBe('state-unwritable')
  })

  it('with something else in the place of a file is said to be unwritable', () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'lock.sqlite'))
    expect(codeOf(() => opened(directory))).toBe('state-unwritable')
    rmSync(join(directory, 'lock.sqlite'), { recursive: true })
    writeFileSync(join(directory, 'lock.sqlite'), 'not a lock '.repeat(500))
    expect(codeOf(() => opened(directory))).toBe('state-unwritable')
    rmSync(join(directory, 'lock.sqlite'))
    mkdirSync(join(directory, 'state.sqlite'))
    expect(codeOf(() => opened(directory))).toBe('state-unwritable')
  })
})
