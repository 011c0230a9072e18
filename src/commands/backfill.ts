import { real } from '../clock.ts'
import { queueBackfill } from '../state/backfill-orders.ts'
import { isRunning } from '../state/lock.ts'
import { readState, type StateReader } from '../state/read.ts'
import { answerOf } from '../worker/orders.ts'
import { clockOf } from '../worker/settings.ts'
import { backfillAlone } from './backfill-alone.ts'
import { type BackfillPlan, counted, orderOf, planOf, planText } from './backfill-plan.ts'
import { type ProgressDisplay, progressDisplay } from './backfill-progress.ts'
import { parseOptions } from './options.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './outside.ts'
import { settingsOf } from './settings.ts'

const LOOK_EVERY_MS = 500

/**
 * `backfill --stream NAME --from ISO --to ISO [--yes]`: reads hours from the archive that nothing is proven of. By the
 * running worker, or alone when none runs. What was asked for stays asked for, so that it can be interrupted. Ends with 0
 * when there is nothing left to bring, with 4 when hours are lost, out of reach or still to be read.
 */
export async function backfill(outside: Outside): Promise<ExitCode> {
  const { env, args, out, err, terminal, stop } = outside
  const { values } = parseOptions('backfill', args, {
    stream: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    yes: { type: 'boolean' },
  })
  const settings = settingsOf(env)
  const { own } = settings
  const clock = clockOf(own)
  const reader = readState(own.stateDir)
  try {
    const known = reader.streams().map(({ stream }) => stream)
    const plan = planOf(orderOf(values, known, clock.now()), reader, own, clock.now())
    out(planText(plan, own))
    if (plan.hours.length === 0) return plan.beyond > 0 ? exitCode.incomplete : exitCode.ok
    if (!values.yes && !(await isConfirmed(outside))) return exitCode.ok
    const display = progressDisplay(plan.hours.length, { write: err, terminal: terminal.err })
    const follow = (over: AbortSignal) => following(plan, reader, display, over)
    const isAlone = await backfillAlone(plan, { settings, clock, outside, follow, tell: display.aside })
    if (!isAlone) await handOver(plan, own.stateDir, { follow, stop, tell: display.aside })
    display.end()
    return conclusion(plan, reader, outside)
  } finally {
    reader.close()
  }
}

/** On a terminal it is asked for; elsewhere `--yes` says it. */
async function isConfirmed({ err, input, terminal }: Outside): Promise<boolean> {
  if (!terminal.err) throw new CommandError(exitCode.settings, 'backfill: add --yes to have it done')
  err('Read them? [y/N] ')
  for await (const line of input) return /^y(es)?$/i.test(line.toString().trim())
  return false
}

/** Shows how far it is, until nothing is left to be read, the archive turns out not to serve the stream, or `over`. */
async function following(
  { stream, span }: BackfillPlan,
  reader: StateReader,
  display: ProgressDisplay,
  over: AbortSignal,
): Promise<void> {
  for (;;) {
    const progress = reader.backfill(stream, span)
    display.show(progress)
    const isUnsupported = reader.streams().some(one => one.stream === stream && one.unsupported !== null)
    if (progress.waiting === 0 || isUnsupported || over.aborted) return
    await real.sleep(LOOK_EVERY_MS, over)
  }
}

interface HandOver {
  readonly follow: (over: AbortSignal) => Promise<void>
  readonly stop: AbortSignal
  readonly tell: (text: string) => void
}

/** Has the running worker do it; returns early when that worker ends or nobody answers. */
async function handOver(
  { stream, span }: BackfillPlan,
  directory: string,
  { follow, stop, tell }: HandOver,
): Promise<void> {
  const answer = await answerOf(queueBackfill(directory, { stream, ...span }), stop)
  if (!answer) return tell('the running worker has not answered yet; the order stays queued\n')
  if ('refused' in answer) throw new CommandError(exitCode.settings, `backfill: ${answer.refused}`)
  tell('the running worker reads them\n')
  const gone = new AbortController()
  const watched = watchRun(directory, gone, stop)
  await follow(AbortSignal.any([stop, gone.signal]))
  if (gone.signal.aborted) tell('the worker has ended\n')
  gone.abort()
  await watched
}

async function watchRun(directory: string, gone: AbortController, stop: AbortSignal): Promise<void> {
  const over = AbortSignal.any([gone.signal, stop])
  while (!over.aborted) {
    if (!isRunning(directory)) gone.abort()
    await real.sleep(LOOK_EVERY_MS, over)
  }
}

function conclusion(
  { stream, span, hours, beyond }: BackfillPlan,
  reader: StateReader,
  { out }: Outside,
): ExitCode {
  const meant = new Set(hours)
  const now = reader.hours(span).filter(one => one.stream === stream && meant.has(one.hour))
  const lost = now.filter(({ state }) => state === 'lost').length
  const { waiting } = reader.backfill(stream, span)
  const unsupported = reader.streams().find(one => one.stream === stream)?.unsupported
  const parts = [`${hours.length - waiting - lost} of ${counted(hours.length)} proven`]
  if (lost > 0) parts.push(`${counted(lost)} lost: the archive could not give them`)
  if (unsupported) parts.push(`the archive does not serve ${stream}: ${unsupported}`)
  else if (waiting > 0) {
    parts.push(
      `${counted(waiting)} still to be read: a running worker goes on with them, or the same command does`,
    )
  }
  out(`${parts.join('; ')}\n`)
  return lost + waiting + beyond > 0 ? exitCode.incomplete : exitCode.ok
}
