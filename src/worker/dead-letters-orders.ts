/** What `dead-letters replay` and `drop` do, wherever they are executed. */
import type { Log } from '../operations/log.ts'
import type { DeadLetterEntry, DeadLetters } from '../state/dead-letters.ts'
import type { KeptDeadLetters } from '../state/dead-letters-kept.ts'
import type { Order, OrderResult, Orders } from '../state/dead-letters-orders.ts'
import { type ReplayParts, replay } from './dead-letters-replay.ts'
import { takeQueued } from './orders.ts'

interface Ends {
  readonly stop: AbortSignal
  readonly abort: AbortSignal
}

/**
 * Executes the orders that other processes queue, until `stop`; one that it interrupts is left to the next worker. Never
 * rejects: what fails is told and tried again, or is the order's result.
 */
export const takeOrders = (
  parts: ReplayParts & { readonly orders: Orders; readonly log: Log },
  ends: Ends,
): Promise<void> => {
  const { orders, log } = parts
  const executeAndAnswer = async (order: NonNullable<ReturnType<Orders['next']>>) => {
    const result = await execute(order, parts, ends)
    if (ends.stop.aborted && result.undecided > 0) return false
    orders.finish(order.id, result)
    log.info({ order: order.id, ...result }, `as was ordered: ${inWords(order.command, result)}`)
    return true
  }
  return takeQueued(
    { next: orders.next, execute: executeAndAnswer, what: 'an order for dead letters', log },
    ends,
  )
}

const execute = async (order: Order, parts: ReplayParts, ends: Ends): Promise<OrderResult> =>
  order.command === 'drop'
    ? drop(order, parts.deadLetters)
    : await replay(entriesOf(order, parts.deadLetters), parts, ends)

export const drop = (order: Order, deadLetters: KeptDeadLetters): OrderResult => ({
  done: deadLetters.drop(entriesOf(order, deadLetters).map(entry => entry.id)),
  kept: 0,
  undecided: 0,
})

/** The letters that an order speaks of, as far as they are there. */
export const entriesOf = ({ letters, upTo }: Order, deadLetters: DeadLetters): readonly DeadLetterEntry[] =>
  letters
    ? [...new Set(letters)].flatMap(id => deadLetters.get(id) ?? [])
    : [...deadLetters.list()].filter(({ id }) => id <= upTo)

const count = (letters: number): string => (letters === 1 ? 'a dead letter' : `${letters} dead letters`)

/** One line for people. */
export function inWords(command: Order['command'], { done, kept, undecided, reason }: OrderResult): string {
  if (done + kept + undecided === 0) return `there are no dead letters to ${command}`
  const parts = [`${command === 'drop' ? 'dropped' : 'delivered and removed'} ${count(done)}`]
  if (kept > 0) parts.push(`kept ${count(kept)} that the collector did not take whole, with the new reason`)
  if (undecided > 0) parts.push(`left ${count(undecided)} undecided: ${reason}`)
  return parts.join('; ')
}
