/**
 * A process that keeps a state: `worker.ts hold|commit|open <directory>`. `commit` writes page after page, going on from
 * the cursor, and says on stdout what happened, one JSON line each. A line on stdin makes it do something: `fill` and
 * `free` the disk with a ballast file, `end`.
 */
import { rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate, setInterval } from 'node:timers'
import { real } from '../../src/clock.ts'
import { KnownError } from '../../src/errors.ts'
import { openState } from '../../src/state/open.ts'
import { live, never, receiptOf } from './receipts.ts'

export const STREAM = 'pod/message@process'
export const eventsOf = (page: number): string[] =>
  [1, 2, 3].map(i => `3600000:${page}.${i}${'.'.repeat(500)}`)

const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`)

async function main(command: string, directory: string): Promise<void> {
  const state = openState(directory, {
    clock: real,
    deadLetterRoom: { bytes: 2 ** 30, policy: 'hold', onEvicted: () => {} },
    onTrouble: error => say({ trouble: error.code }),
    onRecovery: code => say({ recovered: code }),
    onSetAside: path => say({ setAside: path }),
  })
  say({ previous: state.begin().ended })
  // What nobody refers to is collected, and its lock with it.
  if (command === 'hold') return void setInterval(() => state.cursor(live(STREAM)), 1_000)
  if (command === 'open') return state.close()
  let ended = false
  const ballast = join(directory, 'ballast')
  createInterface({ input: process.stdin }).on('line', line => {
    if (line === 'end') ended = true
    if (line === 'free') rmSync(ballast)
    if (line === 'fill') fill(ballast)
  })
  let page = Number(state.cursor(live(STREAM))?.['page'] ?? 0)
  while (!ended) {
    page++
    await state.commit(live(STREAM), await receiptOf(eventsOf(page), { cursor: { page } }), never)
    say({ committed: page })
    await new Promise(resolve => setImmediate(resolve))
  }
  state.endCleanly()
  state.close()
  process.exit()
}

function fill(ballast: string): void {
  try {
    for (;;) writeFileSync(ballast, Buffer.alloc(4096), { flag: 'a' })
  } catch {
    say({ filled: true })
  }
}

if (import.meta.main) {
  const [command = '', directory = ''] = process.argv.slice(2)
  main(command, directory).catch((error: unknown) => {
    say(error instanceof KnownError ? { refused: error.code } : { failed: String(error) })
    process.exit(1)
  })
}
