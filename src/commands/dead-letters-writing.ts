/** `dead-letters replay` and `drop`: through the running worker, or alone when none runs. */
import { real } from '../clock.ts'
import { type Order, type OrderResult, queueDeadLetterOrder } from '../state/dead-letters-orders.ts'
import { unlessLocked } from '../state/lock.ts'
import { openState, type WorkerState } from '../state/open.ts'
import { readState } from '../state/read.ts'
import { drop, entriesOf, inWords } from '../worker/dead-letters-orders.ts'
import { replay } from '../worker/dead-letters-replay.ts'
import { answerOf } from '../worker/orders.ts'
import { exporterFor } from './exporter.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './outside.ts'
import { replaySettingsOf, stateDirectoryOf } from './settings.ts'

/** Ends with 0 when no letter that was meant is left, with 5 when some are, or when the order is still queued. */
export async function orderDeadLetters(
  command: Order['command'],
  words: readonly string[],
  outside: Outside,
): Promise<ExitCode> {
  const directory = stateDirectoryOf(outside.env)
  const order = orderOf(command, words, directory)
  const state = openUnlessInUse(directory, outside)
  const result = state
    ? await executeAlone(order, state, outside)
    : await answerOf(queueDeadLetterOrder(directory, order), outside.stop)
  if (!result) {
    outside.out('the order is queued: the running worker executes it, or else the next one\n')
    return exitCode.undelivered
  }
  outside.out(`${inWords(command, result)}\n`)
  return result.kept + result.undecided > 0 ? exitCode.undelivered : exitCode.ok
}

/** Refuses ids of which there is no letter before anything is done. */
function orderOf(command: Order['command'], words: readonly string[], directory: string): Order {
  const state = readState(directory)
  try {
    const ids = new Set<number>()
    for (const { id } of state.deadLetters.list()) ids.add(id)
    const upTo = Math.max(0, ...[...ids].slice(-1))
    if (words.length === 1 && words[0] === '--all') return { command, letters: undefined, upTo }
    if (words.length === 0)
      throw new CommandError(
        exitCode.settings,
        `usage: proofpoint-otel dead-letters ${command} ID ... | --all`,
      )
    const missing = words.filter(word => !/^\d+$/.test(word) || !ids.has(Number(word)))
    if (missing.length > 0) {
      throw new CommandError(
        exitCode.settings,
        `there is no dead letter ${JSON.stringify(missing.join(' '))}; see dead-letters list`,
      )
    }
    return { command, letters: words.map(Number), upTo }
  } finally {
    state.close()
  }
}

function openUnlessInUse(directory: string, { err }: Outside): WorkerState | undefined {
  return unlessLocked(() =>
    openState(directory, {
      clock: real,
      // Nothing is committed here, so that nobody asks for room or waits for the disk.
      deadLetterRoom: { bytes: Number.POSITIVE_INFINITY, policy: 'hold', onEvicted: () => {} },
      onTrouble: () => {},
      onRecovery: () => {},
      onSetAside: (path, error) => err(`${error.message}. It was set aside as ${path}.\n`),
    }),
  )
}

async function executeAlone(order: Order, state: WorkerState, outside: Outside): Promise<OrderResult> {
  const { deadLetters } = state
  const { stop, abort } = outside
  try {
    if (order.command === 'drop') return drop(order, deadLetters)
    const settings = replaySettingsOf(outside.env)
    const exporter = exporterFor(settings, outside)
    try {
      const parts = { deadLetters, exporter, settings }
      return await replay(entriesOf(order, deadLetters), parts, { stop, abort })
    } finally {
      await exporter.close()
    }
  } finally {
    state.close()
  }
}
