/** The least that any program must do: receive and parse. Delivers nothing. */
import { answer } from '../calls.ts'
import type { SinkProgress } from '../sink.ts'
import { monotonicMs } from '../usage.ts'
import { receiveAnswers, receiveFrames } from './receive.ts'

export interface LimitCalls {
  /** Of what was parsed, where a sink tells of what was delivered. */
  progress(): SinkProgress
  forget(): void
}

let parsed = 0
let firstAt = 0
let lastAt = 0
const { BENCH_INPUT: input = '', BENCH_URL: url = '', BENCH_BACK_MS: backMs } = process.env

answer<LimitCalls>({
  progress: () => ({ delivered: parsed, firstAt, lastAt }),
  forget() {
    parsed = 0
    firstAt = 0
  },
})

if (input === 'tap') await receiveAnswers(url, Number(backMs), parseAnswer)
else receiveFrames(url, input, parseFrame)

function parseFrame(frame: Buffer): void {
  if (JSON.parse(frame.toString()) !== null) note(1)
}

function parseAnswer(bytes: Buffer): void {
  const answer: Record<string, unknown> = JSON.parse(bytes.toString())
  for (const array of Object.values(answer)) if (Array.isArray(array)) note(array.length)
}

function note(records: number): void {
  parsed += records
  lastAt = monotonicMs()
  firstAt ||= lastAt
}
