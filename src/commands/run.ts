import { errorTable } from '../errors.ts'
import { type Log, tellError, workerLog } from '../operations/log.ts'
import type { PreviousRun } from '../state/runs.ts'
import { version } from '../version.ts'
import { clockOf, type WorkerSettings } from '../worker/settings.ts'
import { work } from '../worker/worker.ts'
import { openWorkerState } from '../worker/worker-state.ts'
import { exporterFor } from './exporter.ts'
import { type ExitCode, exitCode, type Outside, refuseArguments } from './outside.ts'
import { settingsOf, withoutSecrets } from './settings.ts'

/** `run`: collects and delivers until stopped. */
export async function run(outside: Outside): Promise<ExitCode> {
  const { env, args, err, terminal, stop, abort } = outside
  refuseArguments('run', args)
  const settings = settingsOf(env)
  const { own } = settings
  const log = workerLog({
    level: own.logLevel,
    format: own.logFormat ?? (terminal.err ? 'pretty' : 'json'),
    colour: terminal.err,
    destination: { write: err },
  })
  const clock = clockOf(own)
  const state = openWorkerState(own, clock, log)
  const exporter = exporterFor(settings, outside)
  try {
    tellStart(settings, state.begin(), log)
    stop.addEventListener('abort', () => log.info('stopping: what was read is delivered first, within 25 s'))
    const complete = await work({ settings, state, exporter, clock, log }, { stop, abort })
    if (!complete) {
      tellError(log, 'undelivered', 'stopped, and not cleanly', {})
      return exitCode.undelivered
    }
    state.endCleanly()
    log.info('stopped: everything that was read is delivered')
    return exitCode.ok
  } finally {
    await exporter.close()
    state.close()
  }
}

function tellStart({ own, otel }: WorkerSettings, before: PreviousRun, log: Log): void {
  const target = otel.exporter === 'console' ? 'the console' : withoutSecrets(otel.otlp.url)
  log.info({ version, target, state: own.stateDir }, `proofpoint-otel ${version} delivers to ${target}`)
  if (own.rehearsalClock) log.info('this is a rehearsal: Proofpoint’s time is virtual')
  if (before.ended === 'never ran')
    log.info(
      { state: own.stateDir },
      `the state in ${own.stateDir} is new. If a worker ran here before, that directory is not on a volume that outlives it: what was before is unknown then, and proofpoint-otel backfill has the hours between read`,
    )
  if (before.ended === 'uncleanly') {
    const at = new Date(before.at).toISOString()
    const { means, operator } = errorTable['unclean-end']
    log.warn(
      { at, code: 'unclean-end' },
      `the last run did not end cleanly (last commit ${at}): ${means} ${operator}`,
    )
  }
}
