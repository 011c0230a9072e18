/** What is damaged: the golden cases, each a rare shape, and events like those of an ordinary day. */
import { type Kind, kinds } from '../../src/pipeline.ts'
import { silence } from '../../src/simulator/options.ts'
import { type Draws, randomness } from '../../src/simulator/random.ts'
import { podTypes, streamsOf, tapArrays } from '../../src/simulator/streams.ts'
import { goldenCases } from '../mapping/golden-cases.ts'
import { mutated } from './mutate.ts'

export interface Damaged {
  readonly kind: Kind
  readonly bytes: Buffer
}

const EVENTS_OF_A_STREAM = 100
const NOON_MS = Date.UTC(2026, 10, 22, 12)

const kindOf = {
  message: 'pod.message',
  maillog: 'pod.maillog',
  audit: 'pod.audit',
  messagesDelivered: 'tap.message.delivered',
  messagesBlocked: 'tap.message.blocked',
  clicksPermitted: 'tap.click.permitted',
  clicksBlocked: 'tap.click.blocked',
} as const

const busy = Object.fromEntries(Object.keys(silence).map(name => [name, 1])) as unknown as typeof silence
const { pod, tap } = streamsOf(1, 'example_hosted', busy)
const ordinary: readonly Damaged[] = [
  ...podTypes.map(type => [kindOf[type], pod[type]] as const),
  ...tapArrays.map(array => [kindOf[array], tap[array]] as const),
].flatMap(([kind, stream]) =>
  Array.from({ length: EVENTS_OF_A_STREAM }, (_, i) => ({
    kind,
    bytes: Buffer.from(JSON.stringify(stream.record(stream.first(NOON_MS) + i))),
  })),
)
const rare: readonly Damaged[] = goldenCases
  .filter(({ source }) => source.length < 64 * 1024)
  .map(({ kind, source }) => ({ kind, bytes: source }))

export const undamaged: readonly Damaged[] = [...rare, ...ordinary]

const ofKind = Map.groupBy(undamaged, ({ kind }) => kind)

const some = (draws: Draws, only: readonly Kind[]): Damaged => draws.pick(ofKind.get(draws.pick(only))!)

/** The damaged event of a place in the sequence of a seed; of one of `only` kinds. */
export function damagedEvents(seed: number, only: readonly Kind[] = kinds): (index: number) => Damaged {
  const drawsOf = randomness(seed, 'fuzz')
  return index => {
    const draws = drawsOf(index)
    const { kind, bytes } = some(draws, only)
    return { kind, bytes: mutated(bytes, some(draws, only).bytes, draws) }
  }
}
