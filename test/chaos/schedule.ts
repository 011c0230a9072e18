/** What goes wrong in a round, and when: a function of the seed alone. */
import type { Command } from '../../src/simulator/control.ts'
import { type Draws, randomness, shuffled } from '../../src/simulator/random.ts'
import { type PodType, podTypes } from '../../src/simulator/streams.ts'
import { type Fault, faults } from '../support/fault-proxy.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

type TapFault = Extract<Command, { command: 'failTap' }>['fault']

/** One thing that goes wrong. `holdMs` is real time, `awayMs` virtual. What holds goes on while the next act comes. */
export type Act =
  | { readonly act: 'kill the worker' }
  | { readonly act: 'stop the worker' }
  | { readonly act: 'reset a connection'; readonly type: PodType }
  | { readonly act: 'half-open connection'; readonly type: PodType; readonly holdMs: number }
  | { readonly act: 'close a session'; readonly type: PodType; readonly code: number }
  | { readonly act: 'refuse handshakes'; readonly status: number; readonly count: number }
  | { readonly act: 'empty archive sessions'; readonly count: number }
  | { readonly act: 'truncated archive sessions'; readonly count: number }
  | { readonly act: 'TAP fault'; readonly fault: TapFault; readonly count: number }
  | { readonly act: 'Collector fault'; readonly fault: Fault; readonly holdMs: number }
  | { readonly act: 'kill the Collector'; readonly holdMs: number }
  | { readonly act: 'disk full'; readonly holdMs: number }
  /** `jump`: everything is stopped and started with a later anchor of the clock; else the time is waited for. */
  | { readonly act: 'absence'; readonly awayMs: number; readonly by: NodeJS.Signals; readonly jump: boolean }

export interface Step {
  /** Real time since the act before. */
  readonly afterMs: number
  readonly act: Act
}

/** These stand in each schedule once; the long ones are the world's. */
const SHORT_ABSENCES_MS = [5 * MINUTE_MS, 59 * MINUTE_MS, 61 * MINUTE_MS]
export const FIVE_HOURS_MS = 5 * HOUR_MS
export const FORTY_DAYS_MS = 40 * 24 * HOUR_MS

/** A kill so soon after the act before comes while the worker starts. */
const STARTING_MS = 400
const PAUSE_MS = 1_200

/** `kills` kills of the worker, each other act once and some again, shuffled. */
export function scheduleOf(seed: number, kills: number, longAbsencesMs: readonly number[]): Step[] {
  const draws = randomness(seed, 'chaos')(0)
  const others = otherActs(draws)
  const again = Array.from({ length: Math.floor(kills / 3) }, () => draws.pick(otherActs(draws)))
  const absences = [
    ...SHORT_ABSENCES_MS.map(awayMs => ({ awayMs, jump: false })),
    ...longAbsencesMs.map(awayMs => ({ awayMs, jump: true })),
  ].map(absence => ({ act: 'absence' as const, by: draws.pick(['SIGKILL', 'SIGTERM'] as const), ...absence }))
  const killing = Array.from({ length: kills }, () => ({ act: 'kill the worker' as const }))
  return shuffled<Act>([...killing, ...others, ...again, ...absences], draws).map(act => ({
    afterMs: draws.below(draws.chance(0.3) ? STARTING_MS : PAUSE_MS),
    act,
  }))
}

const otherActs = (draws: Draws): Act[] => [
  { act: 'stop the worker' },
  { act: 'reset a connection', type: draws.pick(podTypes) },
  { act: 'half-open connection', type: draws.pick(podTypes), holdMs: 500 + draws.below(3_000) },
  { act: 'close a session', type: draws.pick(podTypes), code: draws.pick([1000, 1001, 1011]) },
  { act: 'refuse handshakes', status: draws.pick([409, 503]), count: 1 + draws.below(3) },
  { act: 'empty archive sessions', count: 1 + draws.below(3) },
  { act: 'truncated archive sessions', count: 1 + draws.below(3) },
  { act: 'TAP fault', fault: draws.pick(['401', '429', '500', 'broken', 'cut off']), count: 1 },
  ...faults.map(fault => ({
    act: 'Collector fault' as const,
    fault,
    holdMs: 500 + draws.below(3_000),
  })),
  { act: 'kill the Collector', holdMs: draws.below(2_000) },
  { act: 'disk full', holdMs: 500 + draws.below(2_000) },
]

/** The schedule for people, one act a line. */
export const scheduleText = (steps: readonly Step[]): string =>
  steps
    .map(({ afterMs, act: { act, ...details } }) => {
      const said = Object.entries(details).map(([name, value]) => `${name} ${value}`)
      return `  +${String(afterMs).padStart(4)} ms  ${[act, ...said].join(', ')}`
    })
    .join('\n')
