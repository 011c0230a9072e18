import type { Settings } from './read.ts'
import { table } from './table.ts'

/** What is wrong with a setting, and how to mend it. */
export interface Fault {
  readonly setting: string
  readonly problem: string
  readonly remedy: string
}

const MINUTE_MS = 60_000
const SHORTEST_TAP_WINDOW_MS = 30_000
const LONGEST_TAP_SWEEP_MS = 6 * 24 * 60 * MINUTE_MS

const isLoopback = (url: string): boolean => {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

/** The faults that no setting has alone. `tlsChecksOff`: the environment tells Node to trust any certificate. */
export function faultsBetween(settings: Settings, tlsChecksOff: boolean): Fault[] {
  return [
    ...whatToCollect(settings),
    ...transport(settings, tlsChecksOff),
    ...tapTimes(settings),
    ...recordBody(settings),
  ]
}

function* whatToCollect({
  podClusterId,
  podToken,
  podArchiveToken,
  tapPrincipal,
  tapSecret,
}: Settings): Generator<Fault> {
  const pod = podClusterId !== undefined || podToken !== undefined || podArchiveToken !== undefined
  const tap = tapPrincipal !== undefined || tapSecret !== undefined
  const missing = (setting: string, other: string): Fault => ({
    setting,
    problem: `it is missing, although ${other} is set`,
    remedy: 'Set both, or neither.',
  })
  if (!pod && !tap) {
    yield {
      setting: `${table.podClusterId.name}, ${table.tapPrincipal.name}`,
      problem: 'there is nothing to collect',
      remedy: `Set ${table.podClusterId.name} and ${table.podToken.name} for PoD, ${table.tapPrincipal.name} and ${table.tapSecret.name} for TAP, or run the demo.`,
    }
  }
  if (pod && podClusterId === undefined) yield missing(table.podClusterId.name, 'a PoD token')
  if (pod && podToken === undefined)
    yield missing(table.podToken.name, podClusterId ? table.podClusterId.name : table.podArchiveToken.name)
  if (tap && tapPrincipal === undefined) yield missing(table.tapPrincipal.name, table.tapSecret.name)
  if (tap && tapSecret === undefined) yield missing(table.tapSecret.name, table.tapPrincipal.name)
}

function* transport(
  { podUrl, tapUrl, podClusterId, tapPrincipal, rehearsalClock }: Settings,
  tlsChecksOff: boolean,
): Generator<Fault> {
  const all = [
    { name: table.podUrl.name, url: podUrl, plain: 'ws:', used: podClusterId !== undefined },
    { name: table.tapUrl.name, url: tapUrl, plain: 'http:', used: tapPrincipal !== undefined },
  ]
  const distant = all.filter(({ url }) => !isLoopback(url))
  for (const { name, url, plain } of distant) {
    if (new URL(url).protocol !== plain) continue
    yield {
      setting: name,
      problem: `${plain}// would send the secret in clear text`,
      remedy: `Use ${plain.replace(':', 's:')}//; only a loopback host may do without TLS.`,
    }
  }
  const [first] = distant.filter(({ used }) => used)
  if (first && rehearsalClock) {
    yield {
      setting: table.rehearsalClock.name,
      problem: `virtual time is for rehearsals, and ${first.name} is not a loopback host`,
      remedy: `Remove it, or point ${first.name} at the simulator.`,
    }
  }
  if (first && tlsChecksOff) {
    yield {
      setting: 'NODE_TLS_REJECT_UNAUTHORIZED',
      problem: 'it makes anybody who is on the way a Proofpoint',
      remedy: 'Remove it; a private CA goes into NODE_EXTRA_CA_CERTS.',
    }
  }
}

function* tapTimes({ tapInterval, tapLookBack, tapSweep, tapBackfillShare }: Settings): Generator<Fault> {
  if (tapInterval < SHORTEST_TAP_WINDOW_MS) {
    yield {
      setting: table.tapInterval.name,
      problem: 'TAP takes no window under 30 s',
      remedy: 'Give 30s or more; 60s fits the quota.',
    }
  }
  if (tapLookBack + tapInterval + SHORTEST_TAP_WINDOW_MS > 60 * MINUTE_MS) {
    yield {
      setting: `${table.tapLookBack.name}, ${table.tapInterval.name}`,
      problem: 'together with 30 s they are longer than the hour that TAP answers at once',
      remedy: 'Shorten one of them.',
    }
  }
  if (tapSweep !== 'off' && (tapSweep < tapLookBack || tapSweep > LONGEST_TAP_SWEEP_MS)) {
    yield {
      setting: table.tapSweep.name,
      problem: `it is shorter than ${table.tapLookBack.name}, or longer than six days of the seven that TAP keeps`,
      remedy: 'Give a time between the two, or off; 6h is the default.',
    }
  }
  if (tapBackfillShare < 0.01 || tapBackfillShare > 0.5) {
    yield {
      setting: table.tapBackfillShare.name,
      problem: 'without a share nothing could be backfilled, and with more than half polls would starve',
      remedy: 'Give 1% to 50%.',
    }
  }
}

/** What a body may not be without consent: the fields that have no attribute stand nowhere else. */
export function* recordBody({
  body,
  acceptFieldLoss,
}: Pick<Settings, 'body' | 'acceptFieldLoss'>): Generator<Fault> {
  if ((body === 'message' || body === 'none') && !acceptFieldLoss) {
    yield {
      setting: table.body.name,
      problem: `with \`${body}\` every field that has no attribute is lost`,
      remedy: `Use \`original\`, or set ${table.acceptFieldLoss.name}=true.`,
    }
  }
}
