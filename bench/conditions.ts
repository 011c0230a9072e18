/** What is measured: each condition is run by its contenders in every one of its rounds. */
import type { Input } from './inputs.ts'

/** `naive-queue` is `naive` with a queue that a careful user might choose. */
export type Contender = 'limit' | 'naive' | 'naive-queue' | 'ours'

export interface Condition {
  readonly name: string
  readonly title: string
  readonly input: Input
  readonly contenders: readonly Contender[]
  readonly rounds: number
  /** Delivered before the measuring begins, so that it does not tell of start and compilation. */
  readonly warmUp: number
  readonly records: number
  readonly answerAfterMs?: number
  readonly gzip?: true
  readonly tls?: true
  /** The sink is away for so long from the first measured record on. */
  readonly downMs?: number
  readonly perSecond?: number
}

const ALL: readonly Contender[] = ['limit', 'naive', 'naive-queue', 'ours']
const SENDERS: readonly Contender[] = ['naive', 'ours']
const OURS: readonly Contender[] = ['ours']

/** After so many records V8 compiles nothing more: what a run costs then tells of its length only. */
const COMPILED = 200_000

const full: readonly Condition[] = [
  {
    name: 'message',
    title: 'PoD messages, full speed',
    input: 'message',
    contenders: ALL,
    rounds: 5,
    warmUp: 20_000,
    records: 80_000,
  },
  {
    name: 'maillog',
    title: 'PoD maillog, full speed',
    input: 'maillog',
    contenders: ALL,
    rounds: 3,
    warmUp: 20_000,
    records: 120_000,
  },
  {
    name: 'tap',
    title: 'TAP, answers of 1,000 events',
    input: 'tap',
    contenders: ALL,
    rounds: 3,
    warmUp: 20_000,
    records: 60_000,
  },
  {
    name: 'answer-50ms',
    title: 'Collector answers after 50 ms',
    input: 'message',
    contenders: SENDERS,
    rounds: 3,
    warmUp: 20_000,
    records: 40_000,
    answerAfterMs: 50,
  },
  {
    name: 'answer-200ms',
    title: 'Collector answers after 200 ms',
    input: 'message',
    contenders: SENDERS,
    rounds: 2,
    warmUp: 10_000,
    records: 40_000,
    answerAfterMs: 200,
  },
  {
    name: 'gzip',
    title: 'With gzip',
    input: 'message',
    contenders: SENDERS,
    rounds: 2,
    warmUp: 10_000,
    records: 40_000,
    gzip: true,
  },
  {
    name: 'tls',
    title: 'TLS on both sides',
    input: 'message',
    contenders: ['limit', 'naive', 'ours'],
    rounds: 2,
    warmUp: 10_000,
    records: 40_000,
    tls: true,
  },
  {
    name: 'down',
    title: 'Collector away for 30 s',
    input: 'message',
    contenders: ['naive', 'naive-queue', 'ours'],
    rounds: 2,
    warmUp: 10_000,
    records: 60_000,
    downMs: 30_000,
  },
  {
    name: 'small',
    title: '10,000 records',
    input: 'message',
    contenders: OURS,
    rounds: 9,
    warmUp: COMPILED,
    records: 10_000,
  },
  {
    name: 'large',
    title: '1,000,000 records',
    input: 'message',
    contenders: ['limit', 'ours'],
    rounds: 2,
    warmUp: COMPILED,
    records: 1_000_000,
  },
  {
    name: 'latency',
    title: '200 messages a second',
    input: 'message',
    contenders: SENDERS,
    rounds: 2,
    warmUp: 5_000,
    records: 4_000,
    perSecond: 200,
  },
  {
    name: 'start',
    title: 'Start to first record',
    input: 'message',
    contenders: OURS,
    rounds: 5,
    warmUp: 0,
    records: 1,
  },
]

/** As little as gives a figure for each key. */
const quick: readonly Condition[] = [
  {
    name: 'message',
    title: 'PoD messages, full speed',
    input: 'message',
    contenders: ['limit', 'naive', 'ours'],
    rounds: 2,
    warmUp: 2_000,
    records: 8_000,
  },
  {
    name: 'answer-50ms',
    title: 'Collector answers after 50 ms',
    input: 'message',
    contenders: OURS,
    rounds: 1,
    warmUp: 2_000,
    records: 8_000,
    answerAfterMs: 50,
  },
  {
    name: 'down',
    title: 'Collector away for 3 s',
    input: 'message',
    contenders: OURS,
    rounds: 1,
    warmUp: 2_000,
    records: 8_000,
    downMs: 3_000,
  },
  {
    name: 'small',
    title: '10,000 records',
    input: 'message',
    contenders: OURS,
    rounds: 1,
    warmUp: 3_000,
    records: 10_000,
  },
  {
    name: 'large',
    title: '25,000 records',
    input: 'message',
    contenders: OURS,
    rounds: 1,
    warmUp: 3_000,
    records: 25_000,
  },
  {
    name: 'latency',
    title: '200 messages a second',
    input: 'message',
    contenders: OURS,
    rounds: 1,
    warmUp: 2_000,
    records: 600,
    perSecond: 200,
  },
  {
    name: 'start',
    title: 'Start to first record',
    input: 'message',
    contenders: OURS,
    rounds: 2,
    warmUp: 0,
    records: 1,
  },
]

export const conditions = (isQuick: boolean): readonly Condition[] => (isQuick ? quick : full)
