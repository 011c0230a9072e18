import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deadline, real } from '../clock.ts'
import { tellError, workerLog } from '../operations/log.ts'
import { consoleExporter } from '../otlp/console.ts'
import { type Exporter, type Kind, kinds } from '../pipeline.ts'
import { type Simulator, startSimulator } from '../simulator/server.ts'
import { openState } from '../state/open.ts'
import { work } from '../worker/worker.ts'
import { parseOptions } from './options.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './outside.ts'
import { settingsOf } from './settings.ts'

const account = {
  clusterId: 'demo_hosted',
  token: 'demo-token',
  principal: 'demo-principal',
  secret: 'demo-secret',
}

/** TAP is asked for its last hour at once, so that a few of its events an hour are enough to show. */
const rates = {
  message: 1,
  maillog: 1.5,
  audit: 0.5,
  messagesDelivered: 1 / 600,
  messagesBlocked: 1 / 600,
  clicksPermitted: 1 / 600,
  clicksBlocked: 1 / 600,
}

/** `demo`: the worker on the embedded Proofpoint, for 20 s: readable records of every kind, then what was proven. */
export async function demo(outside: Outside): Promise<ExitCode> {
  const { values } = parseOptions('demo', outside.args, { seconds: { type: 'string', default: '20' } })
  const seconds = Number(values.seconds)
  if (!(seconds > 0)) throw new CommandError(exitCode.settings, 'demo: --seconds takes a number above 0')

  const directory = mkdtempSync(join(tmpdir(), 'proofpoint-otel-demo-'))
  const simulator = await startSimulator({ ...account, tokens: [account.token], rates })
  try {
    return await demonstrate(simulator, directory, seconds, outside)
  } finally {
    await simulator.close()
    rmSync(directory, { recursive: true })
  }
}

async function demonstrate(
  simulator: Simulator,
  directory: string,
  seconds: number,
  { out, pour, err, terminal, stop, abort }: Outside,
): Promise<ExitCode> {
  const settings = settingsOf({
    PROOFPOINT_POD_CLUSTER_ID: account.clusterId,
    PROOFPOINT_POD_TOKEN: account.token,
    PROOFPOINT_POD_URL: simulator.podUrl,
    PROOFPOINT_TAP_PRINCIPAL: account.principal,
    PROOFPOINT_TAP_SECRET: account.secret,
    PROOFPOINT_TAP_URL: simulator.tapUrl,
    PROOFPOINT_STATE_DIR: directory,
    OTEL_LOGS_EXPORTER: 'console',
  })
  const log = workerLog({
    level: 'info',
    format: 'pretty',
    colour: terminal.err,
    destination: { write: err },
  })
  const state = openState(directory, {
    clock: real,
    deadLetterRoom: {
      bytes: settings.own.deadLetterBytes,
      policy: settings.own.deadLetterPolicy,
      onEvicted: () => {},
    },
    onTrouble: error => log.error({ code: error.code }, error.message),
    onRecovery: () => log.info('the state can be written again'),
    onSetAside: path => tellError(log, 'state-set-aside', path, {}),
  })
  const shown = counting(consoleExporter(pour, { colour: terminal.out }))
  out(
    `A Proofpoint simulator is running, and a worker that reads it. Below is every record as it would go to a collector.\n\n`,
  )
  try {
    state.begin()
    const clean = await work(
      { settings, state, exporter: shown.exporter, clock: real, log },
      { stop: deadline(seconds * 1_000, stop), abort },
    )
    if (clean) state.endCleanly()
    out(summary(shown.uids, simulator, clean))
    return clean ? exitCode.ok : exitCode.undelivered
  } finally {
    state.close()
  }
}

/** The exporter, and the uids of what it accepted by kind. */
function counting(exporter: Exporter) {
  const uids = new Map<string, Set<string>>()
  const counted: Exporter = {
    async export(batch, abort) {
      const records = [...batch]
      const outcome = await exporter.export(
        { size: records.length, [Symbol.iterator]: () => records.values() },
        abort,
      )
      for (const { eventName = '', uid } of records)
        uids.set(eventName, (uids.get(eventName) ?? new Set()).add(uid))
      return outcome
    },
    close: () => exporter.close(),
  }
  return { exporter: counted, uids }
}

function summary(
  uids: ReadonlyMap<string, ReadonlySet<string>>,
  { ledger }: Simulator,
  clean: boolean,
): string {
  const sentLive: Partial<Record<Kind, number>> = {
    'pod.message': ledger.sent.message.live,
    'pod.maillog': ledger.sent.maillog.live,
    'pod.audit': ledger.sent.audit.live,
  }
  const rows = kinds
    .filter(kind => kind !== 'tap.unknown')
    .map(kind => {
      const records = uids.get(`proofpoint.${kind}`)?.size ?? 0
      const sent = sentLive[kind]
      return `  ${`proofpoint.${kind}`.padEnd(36)}${String(records).padStart(5)} records${sent === undefined ? '' : `  of ${sent} events sent`}\n`
    })
  return `
What you saw
${rows.join('')}
  Each event became one record with a uid of its own. The position moved only after a record was accepted; at the end the
  sockets were closed cleanly${clean ? ', and nothing that was read is undelivered' : ', but something that was read is undelivered'}.

  Next: your own tenant, see "Five minutes to a real tenant" in the README.
`
}
