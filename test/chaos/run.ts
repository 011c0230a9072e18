/**
 * Chaos in virtual time: rounds of a simulated Proofpoint, the worker and a real Collector as processes, and a seeded
 * schedule of what can go wrong. At the end of each round the simulator's own ledger says what existed and the Collector's
 * file what arrived.
 *
 *     npm run test:chaos -- [--seed 11] [--rounds 2] [--kills 12] [--results FILE]
 *     npm run test:chaos -- --seed 101 --rounds 18 --kills 65 --results FILE     the long form: 1,000 kills, a million events
 *
 * `kills` a round. Every fourth seed is a quiet world with an absence of forty days. The same seed gives the same
 * schedule. With a file of results, rounds that stand in it are not played again, so that a long run can be resumed.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { play, playingOf, type Round } from './round.ts'
import { scheduleText } from './schedule.ts'
import { roundText, summaryText } from './summary.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '11' },
    rounds: { type: 'string', default: '2' },
    kills: { type: 'string', default: '12' },
    results: { type: 'string' },
  },
})
const say = (text: string) => process.stdout.write(`${text}\n`)
const rounds: Round[] = resultsIn(values.results)
const unfinished: number[] = []
const first = Number(values.seed)

for (let seed = first; seed < first + Number(values.rounds); seed++) {
  if (rounds.some(round => round.seed === seed)) continue
  const playing = playingOf(seed, Number(values.kills))
  say(`seed ${seed}: ${playing.settings.said}`)
  const round = await play(playing, (directory, why) => {
    say(`seed ${seed} does not hold; its files are in ${directory}; ${why}`)
    say(`its schedule:\n${scheduleText(playing.schedule)}`)
  }).catch(
    error => void say(`seed ${seed} broke off: ${error}\nits schedule:\n${scheduleText(playing.schedule)}`),
  )
  if (!round) {
    unfinished.push(seed)
    continue
  }
  say(roundText(round))
  rounds.push(round)
  if (values.results) appendFileSync(values.results, `${JSON.stringify(round)}\n`)
}
say(summaryText(rounds))
if (unfinished.length > 0) say(`rounds that broke off   seeds ${unfinished.join(' ')}`)
process.exitCode = unfinished.length === 0 && rounds.every(round => round.holds) ? 0 : 1

function resultsIn(file: string | undefined): Round[] {
  if (!file || !existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map(line => JSON.parse(line))
}
