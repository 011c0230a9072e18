import type { DeadLetters, StoredDeadLetter } from '../state/dead-letters.ts'
import { readState } from '../state/read.ts'
import { orderDeadLetters } from './dead-letters-writing.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './outside.ts'
import { stateDirectoryOf } from './settings.ts'
import { deadLettersUsage } from './usage.ts'

/** `dead-letters list | show | export | replay | drop`: what the collector refused; also beside a running worker. */
export async function deadLetters(outside: Outside): Promise<ExitCode> {
  const { env, out } = outside
  const [action, ...rest] = outside.args
  if (action === 'replay' || action === 'drop') return await orderDeadLetters(action, rest, outside)
  const act = action === undefined ? undefined : actions[action]
  if (!act) throw new CommandError(exitCode.settings, deadLettersUsage)
  const state = readState(stateDirectoryOf(env))
  try {
    for (const line of act(state.deadLetters, rest)) out(`${escaped(line)}\n`)
    return exitCode.ok
  } finally {
    state.close()
  }
}

const actions: Readonly<Record<string, (letters: DeadLetters, args: readonly string[]) => Iterable<string>>> =
  {
    *list(letters) {
      for (const { id, stream, cause, kind, observedAt, bytes, reason } of letters.list()) {
        yield `${id}  ${new Date(observedAt).toISOString()}  ${stream}  ${kind}  ${cause}  ${bytes} bytes  ${reason}`
      }
      for (const { cause, letters: count, bytes } of letters.evicted())
        yield `evicted since the first start: ${count} ${cause}, ${bytes} bytes`
    },
    *show(letters, [id]) {
      const letter = /^\d+$/.test(id ?? '') ? letters.get(Number(id)) : undefined
      if (!letter)
        throw new CommandError(
          exitCode.settings,
          `there is no dead letter ${JSON.stringify(id ?? '')}; see dead-letters list`,
        )
      yield JSON.stringify(forMachines(letter), undefined, 2)
    },
    /** One JSON object a line. */
    *export(letters) {
      for (const letter of letters.export()) yield JSON.stringify(forMachines(letter))
    },
  }

const forMachines = ({ observedAt, storedAt, ...letter }: StoredDeadLetter) => ({
  ...letter,
  observedAt: new Date(observedAt).toISOString(),
  storedAt: new Date(storedAt).toISOString(),
})

/** JSON stays JSON: what could steer a terminal is written as an escape that JSON knows. */
const escaped = (line: string): string =>
  line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, character => (character === '\n' ? character : hex(character)))

const hex = (character: string): string => {
  let text = ''
  for (let i = 0; i < character.length; i++)
    text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  return text
}
