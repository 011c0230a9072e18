/** What kind of world a round is played in: a function of the seed alone. */
import { randomness } from '../../src/simulator/random.ts'
import { FIVE_HOURS_MS, FORTY_DAYS_MS } from './schedule.ts'

const account = {
  clusterId: 'example_hosted',
  liveToken: 'live',
  archiveToken: 'archive',
  principal: 'principal',
  secret: 'secret',
}

/** Virtual seconds a real one: an hour passes in 3 s. */
export const FACTOR = 1_200
/** A borrow has 20 virtual minutes, which must be enough for a slow machine too. */
const BORROWING_FACTOR = 600
export const BEGIN = Date.parse('2026-11-22T02:55:00Z')

export interface WorldSettings {
  readonly seed: number
  readonly factor: number
  /** Virtual, ms since 1970. */
  readonly begin: number
  /** Options of `simulate`. */
  readonly simulator: readonly string[]
  /** Settings of the worker beside the addresses. */
  readonly worker: Readonly<Record<string, string>>
}

export interface RoundSettings extends WorldSettings {
  readonly longAbsencesMs: readonly number[]
  /** In words, for the output. */
  readonly said: string
}

/** Events per virtual second. `busy`: some hundred a real second. `quiet`: forty days can be read again in a minute. */
export const rates = {
  busy: {
    message: 0.12,
    maillog: 0.32,
    audit: 0.02,
    delivered: 0.01,
    blocked: 0.01,
    permitted: 0.01,
    'click-blocked': 0.01,
  },
  quiet: {
    message: 0.003,
    maillog: 0.003,
    audit: 0.002,
    delivered: 0.0005,
    blocked: 0.0005,
    permitted: 0.0005,
    'click-blocked': 0.0005,
  },
} as const

/** The account, the seed and some rates, as options of `simulate`. */
export const simulatorArguments = (seed: number, rates: Readonly<Record<string, number>>): string[] => [
  ...['--cluster', account.clusterId, '--principal', account.principal, '--secret', account.secret],
  ...['--seed', `${seed}`, '--token', account.liveToken, '--token', account.archiveToken],
  ...Object.entries(rates).flatMap(([name, rate]) => [`--${name}`, `${rate}`]),
]

/** Settings of the worker. */
export const pod = {
  PROOFPOINT_POD_CLUSTER_ID: account.clusterId,
  PROOFPOINT_POD_TOKEN: account.liveToken,
}
export const podArchive = { PROOFPOINT_POD_ARCHIVE_TOKEN: account.archiveToken }
export const tap = {
  PROOFPOINT_TAP_PRINCIPAL: account.principal,
  PROOFPOINT_TAP_SECRET: account.secret,
}

/** Every fourth seed makes a quiet world, whose absence takes forty days; the others have three of five hours. */
export function settingsOf(seed: number): RoundSettings {
  const draws = randomness(seed, 'world')(0)
  const pace = seed % 4 === 0 ? 'quiet' : 'busy'
  const zombieSeconds = draws.pick([0, 120, 600])
  const quota = draws.pick([1_800, 600])
  const believed = draws.pick([quota, 1_800])
  const replaysMetadata = draws.chance(0.5)
  const borrows = draws.chance(0.5)
  const movesResume = draws.chance(0.5)
  return {
    seed,
    factor: borrows ? BORROWING_FACTOR : FACTOR,
    begin: BEGIN,
    simulator: [
      ...simulatorArguments(seed, rates[pace]),
      ...['--odd-frames', '0.02', '--duplicates', '0.05', '--zombie-seconds', `${zombieSeconds}`],
      ...['--daily-requests', `${quota}`],
      ...(replaysMetadata ? ['--replay-metadata'] : []),
      ...(movesResume ? ['--archive-moves-resume'] : []),
    ],
    worker: {
      ...pod,
      ...(borrows ? {} : podArchive),
      ...tap,
      // A worker that lives for a second meets it before it is killed.
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      PROOFPOINT_TAP_DAILY_REQUESTS: `${believed}`,
    },
    longAbsencesMs: pace === 'quiet' ? [FORTY_DAYS_MS] : [FIVE_HOURS_MS, FIVE_HOURS_MS, FIVE_HOURS_MS],
    said: `${pace}, ${borrows ? `borrows (the archive ${movesResume ? 'moves' : 'leaves'} the live place)` : 'archive token'}, zombies of ${zombieSeconds} s, TAP quota ${quota} (believed ${believed})`,
  }
}
