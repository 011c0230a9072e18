/**
 * Damaged events and answers through parsing, mapping and encoding, in this process and one more.
 * `npm run fuzz -- [--frames 10000000] [--seed 1] [--from 0]`: the same seed and place give the same damage, so that one
 * frame is repeated with `--from N --frames 1`. Exits with 1 for a crash, a hang, a record that is not one, or a count that
 * differs.
 */
import { fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { elapsed, real } from '../../src/clock.ts'
import { type Counts, fuzzAnswers, fuzzCollectorAnswers, fuzzFrames, noCounts, sum } from './targets.ts'

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    part: { type: 'boolean' },
  },
})
const [frames, seed, from] = [Number(values.frames), Number(values.seed), Number(values.from)]
/** Of the damage, most is frames; the rest are answers of TAP, and of collectors. */
const PARTS = 2
/** After each it says that it goes on. Whole batches. */
const STRETCH = 51_200
/** A stretch takes seconds. */
const HANGING_MS = 300_000
/** One input takes milliseconds; a busy machine and the garbage collector some more. */
const SLOW_MS = 10_000

if (values.part) {
  const inStretches = async (fuzz: typeof fuzzFrames, count: number): Promise<Counts> => {
    let counts = noCounts
    for (let done = 0; done < count; done += STRETCH) {
      counts = sum([counts, await fuzz(seed, from + done, Math.min(STRETCH, count - done))])
      process.send?.('goes on')
    }
    return counts
  }
  const counts = sum([
    await inStretches(fuzzFrames, Math.ceil(frames * 0.9)),
    await inStretches(fuzzAnswers, Math.floor(frames * 0.05)),
    await inStretches(fuzzCollectorAnswers, Math.floor(frames * 0.05)),
  ])
  process.send?.(counts)
  process.disconnect?.()
} else {
  const began = elapsed()
  const share = Math.ceil(frames / PARTS)
  const starts = frames < PARTS ? [from] : Array.from({ length: PARTS }, (_, part) => from + part * share)
  const parts = await Promise.all(starts.map(start => part(start, Math.min(share, from + frames - start))))
  const { inputs, records, expected, faults, slowest } = sum(parts)
  const seconds = Math.round((elapsed() - began) / 1_000)
  process.stdout.write(
    `seed ${seed}, from ${from}: ${inputs} damaged frames and answers in ${seconds} s\n` +
      `records ${records} of ${expected} events, crashes and false records: ${faults}, slowest ${slowest.ms.toFixed(0)} ms (${slowest.what})\n`,
  )
  process.exitCode = faults === 0 && records === expected && slowest.ms < SLOW_MS ? 0 : 1
}

/** A process that dies has crashed; one that says nothing any more hangs. */
async function part(start: number, count: number): Promise<Counts> {
  const args = ['--part', '--seed', `${seed}`, '--from', `${start}`, '--frames', `${count}`]
  const child = fork(import.meta.filename, args)
  let counts: Counts | undefined
  let news = new AbortController()
  const watch = () => {
    news.abort()
    news = new AbortController()
    const { signal } = news
    void real.sleep(HANGING_MS, signal).then(() => signal.aborted || child.kill('SIGKILL'))
  }
  watch()
  child.on('message', message => {
    watch()
    if (message !== 'goes on') counts = message as Counts
  })
  const [code, signal] = await new Promise<readonly unknown[]>(resolve =>
    child.on('close', (...end) => resolve(end)),
  )
  news.abort()
  if (code === 0 && counts) return counts
  process.stdout.write(`the part from ${start} ended with ${code ?? signal}\n`)
  return { ...noCounts, faults: 1 }
}
