import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { probeDirectory } from '../../src/state/probe.ts'
import { readState } from '../../src/state/read.ts'
import { codeOf, opened, temporaryDirectory } from './directories.ts'
import { live, never, receiptOf } from './receipts.ts'

describe('a reader', () => {
  it('says that there is no state, and makes none', () => {
    const directory = temporaryDirectory()
    expect(codeOf(() => readState(directory))).toBe('state-missing')
    expect(codeOf(() => readState(join(directory, 'none')))).toBe('state-missing')
    expect(readdirSync(directory)).toEqual([])
  })

  it('reads the state of a worker that ended', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory)
    state.begin()
    await state.commit(live('one'), await receiptOf(['1:a', '2:bad']), never)
    state.endCleanly()
    state.close()
    const reader = readState(directory)
    expect(reader.lastRun()).toEqual({ startedAt: 1_000, endedAt: 1_000, ended: 'cleanly' })
    expect(reader.streams()).toHaveLength(1)
    expect([...reader.deadLetters.export()]).toHaveLength(1)
    reader.close()
    expect(
      readdirSync(directory).filter(name => !name.startsWith('state.sqlite') && name !== 'lock.sqlite'),
    ).toEqual([])
    opened(directory).close()
    expect(readdirSync(directory).sort()).toEqual(['lock.sqlite', 'state.sqlite'])
  })

  it('does not hold up the writer in the middle of an export', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory)
    await state.commit(live('one'), await receiptOf(['1:bad', '2:bad']), never)
    const reader = readState(directory)
    const letters = reader.deadLetters.export()[Symbol.iterator]()
    expect(letters.next().value?.text).toBe('1:bad')
    await state.commit(live('one'), await receiptOf(['3:bad']), never)
    expect([letters.next().value?.text, letters.next().value?.text]).toEqual(['2:bad', '3:bad'])
    reader.close()
    state.close()
  })

  it('says that a file is damaged and leaves it alone', () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'state.sqlite'), 'garbage '.repeat(500))
    expect(codeOf(() => readState(directory))).toBe('state-unreadable')
    expect(readdirSync(directory)).toEqual(['state.sqlite'])
  })
})

describe('the probe of a directory', () => {
  it('finds one that is there, or can be made, usable, and leaves nothing behind', () => {
    const directory = temporaryDirectory()
    expect(probeDirectory(directory)).toBeUndefined()
    expect(probeDirectory(join(directory, 'a', 'b'))).toBeUndefined()
    expect(readdirSync(directory)).toEqual([])
  })

  it('takes a directory in use for usable and does not disturb its worker', async () => {
    const directory = temporaryDirectory()
    const state = opened(directory)
    const before = readdirSync(directory)
    expect(probeDirectory(directory)).toBeUndefined()
    expect(readdirSync(directory)).toEqual(before)
    await state.commit(live('one'), await receiptOf(['1:a']), never)
    expect(codeOf(() => opened(directory))).toBe('state-locked')
    state.close()
  })

  it('says what is in the way', () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'file'), '')
    expect(probeDirectory(join(directory, 'file', 'state'))).toMatchObject({ code: 'state-unwritable' })
    expect(probeDirectory(join(directory, 'file'))).toMatchObject({ code: 'state-unwritable' })
    mkdirSync(join(directory, 'kept'))
    expect(probeDirectory('/proc/state')).toMatchObject({ code: 'state-unwritable' })
    expect(existsSync(join(directory, 'kept'))).toBe(true)
  })
})
