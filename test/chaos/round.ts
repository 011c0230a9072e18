import { HOUR_MS, hourOf, real } from '../../src/clock.ts'
import { perform } from './acts.ts'
import { type Step, scheduleOf } from './schedule.ts'
import { type RoundSettings, settingsOf } from './settings.ts'
import { delivering, verdictOf } from './settle.ts'
import { holds, type Verdict } from './verdict.ts'
import { startWorld, type World } from './world.ts'

export interface Round extends Verdict {
  readonly seed: number
  readonly holds: boolean
  readonly kills: number
  readonly acts: Readonly<Record<string, number>>
  readonly seconds: number
}

export interface Playing {
  readonly settings: RoundSettings
  readonly schedule: readonly Step[]
}

/** Only a bound, for machines that are slow or busy. */
const SETTLE_MS = 900_000

export function playingOf(seed: number, kills: number): Playing {
  const settings = settingsOf(seed)
  return { settings, schedule: scheduleOf(seed, kills, settings.longAbsencesMs) }
}

/** Plays one round. When it does not hold, or throws, its files stay, and `failed` is told where. */
export async function play(
  { settings, schedule }: Playing,
  failed: (directory: string, why: string) => void,
): Promise<Round> {
  const began = real.now()
  await using world = await startWorld(settings)
  try {
    await delivering(world)
    const from = hourOf(world.clock().now()) + HOUR_MS
    await performAll(schedule, world)
    // A worker without a past: what it waits for is not the last worker's backoff.
    await world.endWorker('SIGKILL')
    world.startWorker()
    const span = { from, to: hourOf(world.clock().now()) }
    const verdict = await verdictOf(world, span, settings.begin, SETTLE_MS)
    const round = {
      seed: settings.seed,
      // Each schedule breaks live delivery many times.
      holds: holds(verdict) && verdict.repaired > 0,
      kills: world.kills(),
      acts: countsOf(schedule),
      seconds: Math.round((real.now() - began) / 1_000),
      ...verdict,
    }
    if (round.holds) world.forget()
    else failed(world.directory, (await world.report(span.from, span.to, 'text')).out)
    return round
  } catch (error) {
    failed(world.directory, `${error}`)
    throw error
  }
}

async function performAll(schedule: readonly Step[], world: World): Promise<void> {
  const holding: Promise<unknown>[] = []
  for (const { afterMs, act } of schedule) {
    await real.sleep(afterMs)
    world.note(JSON.stringify(act))
    const { over } = await perform(act, world)
    holding.push(
      over.then(
        () => undefined,
        error => error,
      ),
    )
    world.arrivals.read()
  }
  const failed = (await Promise.all(holding)).find(error => error !== undefined)
  if (failed !== undefined) throw failed
}

function countsOf(schedule: readonly Step[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { act } of schedule) counts[act.act] = (counts[act.act] ?? 0) + 1
  return counts
}
