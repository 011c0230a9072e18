import type { ParseArgsOptionsConfig } from 'node:util'
import { real, rehearsalClock } from '../clock.ts'
import { rehearsal } from '../settings/kinds.ts'
import { given } from '../settings/read.ts'
import { table } from '../settings/table.ts'
import { startSimulator } from '../simulator/server.ts'
import { podTypes } from '../simulator/streams.ts'
import { parseOptions } from './options.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './outside.ts'

const usage = `usage: proofpoint-otel simulate [options]

Serves both Proofpoint APIs on loopback, with synthetic events, until stopped. The same seed gives the same events. Rates are
events per second (of virtual time, if ${table.rehearsalClock.name} is set).

  --port N                   0 takes any free port (8080)
  --seed N                   (1)
  --message R --maillog R --audit R         rates of the PoD streams (2, 3, 0.2)
  --delivered R --blocked R --permitted R --click-blocked R
                             rates of TAP messages and clicks (0.01 each)
  --token T                  valid PoD token; may be repeated (demo-token)
  --cluster ID --principal P --secret S     (demo_hosted, demo-principal, demo-secret)
  --zombie-seconds N         how long a dropped session stays in use (0)
  --archive-moves-resume     an archive session moves the live resume point
  --odd-frames S             share of PoD frames that are binary, empty, invalid UTF-8 ... (0)
  --duplicates S             share of events that TAP and the archive give twice (0)
  --replay-metadata          archived events differ from the live ones in their metadata
  --lateness-minutes N       how late TAP events may appear (30)
  --very-late S              share of TAP events that appear one to four hours late (0)
  --daily-requests N         TAP's quota of 24 hours (1800)

While it runs: GET /simulator/ledger?from=&to= tells what exists, POST /simulator/control takes faults to do.
`

const options = {
  help: { type: 'boolean' },
  port: { type: 'string', default: '8080' },
  seed: { type: 'string', default: '1' },
  message: { type: 'string', default: '2' },
  maillog: { type: 'string', default: '3' },
  audit: { type: 'string', default: '0.2' },
  delivered: { type: 'string', default: '0.01' },
  blocked: { type: 'string', default: '0.01' },
  permitted: { type: 'string', default: '0.01' },
  'click-blocked': { type: 'string', default: '0.01' },
  token: { type: 'string', multiple: true, default: ['demo-token'] },
  cluster: { type: 'string', default: 'demo_hosted' },
  principal: { type: 'string', default: 'demo-principal' },
  secret: { type: 'string', default: 'demo-secret' },
  'zombie-seconds': { type: 'string', default: '0' },
  'archive-moves-resume': { type: 'boolean', default: false },
  'odd-frames': { type: 'string', default: '0' },
  duplicates: { type: 'string', default: '0' },
  'replay-metadata': { type: 'boolean', default: false },
  'lateness-minutes': { type: 'string', default: '30' },
  'very-late': { type: 'string', default: '0' },
  'daily-requests': { type: 'string', default: '1800' },
} satisfies ParseArgsOptionsConfig

/** `simulate`: the embedded Proofpoint as a server, until stopped; then tells what it sent. */
export async function simulate({ env, args, out, err, stop }: Outside): Promise<ExitCode> {
  const { values } = parseOptions('simulate', args, options)
  if (values.help) {
    out(usage)
    return exitCode.ok
  }
  const number = (name: keyof typeof values, most = Number.POSITIVE_INFINITY): number => {
    const value = Number(values[name])
    if (values[name] !== '' && value >= 0 && value <= most) return value
    throw new CommandError(
      exitCode.settings,
      `simulate: --${name} takes a number${Number.isFinite(most) ? ` from 0 to ${most}` : ''}, not ${JSON.stringify(values[name])}`,
    )
  }
  const simulator = await startSimulator({
    port: number('port', 65_535),
    seed: number('seed'),
    clock: clockOf(given(env, table.rehearsalClock.name)),
    clusterId: values.cluster,
    tokens: values.token,
    principal: values.principal,
    secret: values.secret,
    rates: {
      message: number('message'),
      maillog: number('maillog'),
      audit: number('audit'),
      messagesDelivered: number('delivered'),
      messagesBlocked: number('blocked'),
      clicksPermitted: number('permitted'),
      clicksBlocked: number('click-blocked'),
    },
    pod: {
      zombieMs: number('zombie-seconds') * 1_000,
      archiveMovesResume: values['archive-moves-resume'],
      oddFrames: number('odd-frames', 1),
      duplicates: number('duplicates', 1),
      replayMetadata: values['replay-metadata'],
    },
    tap: {
      latenessMs: number('lateness-minutes', 30) * 60_000,
      veryLate: number('very-late', 1),
      duplicates: number('duplicates', 1),
      dailyRequests: number('daily-requests'),
    },
  })
  out(`${table.podUrl.name}=${simulator.podUrl}\n${table.tapUrl.name}=${simulator.tapUrl}\n`)
  await new Promise<void>(resolve =>
    stop.aborted ? resolve() : stop.addEventListener('abort', () => resolve()),
  )
  const { sent, answers } = simulator.ledger
  await simulator.close()
  const live = podTypes.map(type => `${type} ${sent[type].live}`).join(', ')
  err(`sent live: ${live}; handshakes and answers by status: ${JSON.stringify(answers)}\n`)
  return exitCode.ok
}

function clockOf(text: string | undefined) {
  if (text === undefined) return real
  const spec = rehearsal.read(text)
  if (!spec) throw new CommandError(exitCode.settings, `${table.rehearsalClock.name}: give ${rehearsal.form}`)
  return rehearsalClock(spec)
}
