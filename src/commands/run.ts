import { real, rehearsalClock } from '../clock.ts'
import { type Log, workerLog } from '../operations/log.ts'
import { consoleExporter } from '../otlp/console.ts'
import { otlpExporter } from '../otlp/exporter.ts'
import type { Exporter } from '../pipeline.ts'
import { openState } from '../state/open.ts'
import type { PreviousRun } from '../state/runs.ts'
import { version } from '../version.ts'
import { type ExitCode, exitCode, type Outside, refuseArguments } from './outside.ts'
import { settingsOf, type WorkerSettings, withoutQuery } from './settings.ts'
import { work } from './worker.ts'

/** `run`: collects and delivers until stopped. */
export async function run({ env, args, out, err, terminal, stop, abort }: Outside): Promise<ExitCode> {
  refuseArguments('run', args)
  const settings = settingsOf(env)
  const { own } = settings
  const log = workerLog({
    level: own.logLevel,
    format: own.logFormat ?? (terminal.err ? 'pretty' : 'json'),
    colour: terminal.err,
    destination: { write: err },
  })
  const clock = own.rehearsalClock ? rehearsalClock(own.rehearsalClock) : real
  const state = openState(own.stateDir, {
    clock,
    onTrouble: error =>
      log.error(
        { code: error.code },
        `${error.message}. ${error.entry.operator} Nothing is lost: the sources wait.`,
      ),
    onRecovery: blockedMs =>
      log.info(`the state can be written again, after ${Math.round(blockedMs / 1_000)} s`),
    onSetAside: (path, error) =>
      log.error(
        { code: error.code, path },
        `${error.message}. It was set aside as ${path}. ${error.entry.operator}`,
      ),
  })
  const exporter = exporterFor(settings, out, terminal.out)
  try {
    tellStart(settings, state.begin(), log)
    const complete = await work({ settings, state, exporter, clock, log }, { stop, abort })
    if (!complete) {
      log.error(
        'stopped while something that was read was undelivered; the next start will not find a clean stop',
      )
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

function exporterFor(
  { otel, proxies }: WorkerSettings,
  out: (text: string) => void,
  colour: boolean,
): Exporter {
  if (otel.exporter === 'console') return consoleExporter(out, { colour })
  return otlpExporter({ ...otel.otlp, proxies, version })
}

function tellStart({ own, otel }: WorkerSettings, before: PreviousRun, log: Log): void {
  const target = otel.exporter === 'console' ? 'the console' : withoutQuery(otel.otlp.url)
  log.info({ version, target, state: own.stateDir }, `proofpoint-otel ${version} delivers to ${target}`)
  if (own.rehearsalClock) log.warn('this is a rehearsal: Proofpoint’s time is virtual')
  if (before.ended === 'uncleanly') {
    const at = new Date(before.at).toISOString()
    log.warn(
      { at },
      `the last run did not end cleanly (last commit ${at}): PoD frames that were on their way then may be missing`,
    )
  }
  if (own.podClusterId !== undefined && !('at' in own.start)) {
    log.warn('PROOFPOINT_START reaches back for TAP only: the PoD archive is not read yet')
  }
}
