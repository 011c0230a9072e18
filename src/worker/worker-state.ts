import type { Clock } from '../clock.ts'
import { explained } from '../errors.ts'
import { type Log, tellError } from '../operations/log.ts'
import type { Settings } from '../settings/read.ts'
import type { DeadLetterTotal } from '../state/dead-letters.ts'
import { openState, type WorkerState } from '../state/open.ts'

/** Opens the state for the only writer; the log is told what the disk does. Throws what `openState` throws. */
export function openWorkerState(own: Settings, clock: Clock, log: Log): WorkerState {
  return openState(own.stateDir, {
    clock,
    deadLetterRoom: {
      bytes: own.deadLetterBytes,
      policy: own.deadLetterPolicy,
      onEvicted: evicted => tellEvicted(evicted, log),
    },
    onTrouble(error, { streams, blockedMs }) {
      const { code, words } = explained(error)
      const seconds = Math.round(blockedMs / 1_000)
      log.error(
        { code, streams, seconds },
        `${streams.join(', ')}: what is delivered cannot be committed${seconds > 0 ? ` for ${seconds} s` : ''}: ${words}`,
      )
    },
    onRecovery: (code, blockedMs) =>
      log.info(
        `what was delivered can be committed again (${code}), after ${Math.round(blockedMs / 1_000)} s`,
      ),
    onSetAside: (path, error) =>
      tellError(log, 'state-set-aside', `${error.message}; it was set aside as ${path}`, { path }),
  })
}

function tellEvicted(evicted: readonly DeadLetterTotal[], log: Log): void {
  for (const { cause, letters, bytes } of evicted)
    tellError(log, 'dead-letters-evicted', `${letters} dead letters (${cause}, ${bytes} bytes) are gone`, {
      cause,
      letters,
      bytes,
    })
}
