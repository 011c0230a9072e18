import { real, rehearsalClock } from '../clock.ts'
import { type Log, tellError, workerLog } from '../operations/log.ts'
import { type Environment, given } from '../settings/read.ts'
import { type Setting, table } from '../settings/table.ts'
import type { DeadLetterTotal } from '../state/dead-letters.ts'
import { openState } from '../state/open.ts'
import type { PreviousRun } from '../state/runs.ts'
import { version } from '../version.ts'
import { exporterFor } from './exporter.ts'
import { type ExitCode, exitCode, type Outside, refuseArguments } from './outside.ts'
import { settingsOf, type WorkerSettings, withoutSecrets } from './settings.ts'
import { work } from './worker.ts'

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
  const clock = own.rehearsalClock ? rehearsalClock(own.rehearsalClock) : real
  const state = openState(own.stateDir, {
    clock,
    deadLetterRoom: {
      bytes: own.deadLetterBytes,
      policy: own.deadLetterPolicy,
      onEvicted: evicted => tellEvicted(evicted, log),
    },
    onTrouble: error =>
      log.error(
        { code: error.code },
        `${error.message}. ${error.entry.operator} Nothing is lost: the sources wait.`,
      ),
    onRecovery: blockedMs =>
      log.info(`what was delivered can be committed again, after ${Math.round(blockedMs / 1_000)} s`),
    onSetAside: (path, error) =>
      log.error(
        { code: error.code, path },
        `${error.message}. It was set aside as ${path}. ${error.entry.operator}`,
      ),
  })
  const exporter = exporterFor(settings, outside)
  try {
    tellStart(settings, env, state.begin(), log)
    stop.addEventListener('abort', () => log.info('stopping: what was read is delivered first, within 25 s'))
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

function tellEvicted(evicted: readonly DeadLetterTotal[], log: Log): void {
  for (const { cause, letters, bytes } of evicted)
    tellError(log, 'dead-letters-evicted', `${letters} dead letters (${cause}, ${bytes} bytes) are gone`, {
      cause,
      letters,
      bytes,
    })
}

function tellStart({ own, otel }: WorkerSettings, env: Environment, before: PreviousRun, log: Log): void {
  const target = otel.exporter === 'console' ? 'the console' : withoutSecrets(otel.otlp.url)
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
    log.warn('PROOFPOINT_START reaches back for TAP only: for PoD it is not yet in effect')
  }
  for (const { name, notYet, secret } of Object.values<Setting>(table)) {
    const isSet = given(env, name) ?? (secret && given(env, `${name}_FILE`))
    if (notYet && isSet) log.warn({ setting: name }, `${name} is set, but it is not yet in effect`)
  }
}
