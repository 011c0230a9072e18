/** A backfill without a running worker: the archive lane of one stream, and nothing else of a worker. */
import type { Clock } from '../clock.ts'
import { drift, driftLog } from '../operations/drift.ts'
import { journal } from '../operations/journal.ts'
import { workerLog } from '../operations/log.ts'
import { guarded } from '../otlp/guard.ts'
import { limited } from '../otlp/limit.ts'
import { podStream } from '../proofpoint/pod/connection.ts'
import { podTypes } from '../proofpoint/pod/types.ts'
import { unlessLocked } from '../state/lock.ts'
import { supervise } from '../supervise.ts'
import { productOf } from '../worker/archives.ts'
import { podStreams } from '../worker/pod-streams.ts'
import { type RepairLane, repairLane } from '../worker/repair.ts'
import type { WorkerSettings } from '../worker/settings.ts'
import { tapStreams } from '../worker/tap-streams.ts'
import { openWorkerState } from '../worker/worker-state.ts'
import type { BackfillPlan } from './backfill-plan.ts'
import { exporterFor } from './exporter.ts'
import { CommandError, exitCode, type Outside } from './outside.ts'

export interface AloneParts {
  readonly settings: WorkerSettings
  /** Virtual time. */
  readonly clock: Clock
  readonly outside: Outside
  /** Resolves when nothing is left to be read, or once `over` aborts. */
  readonly follow: (over: AbortSignal) => Promise<void>
  /** Takes the lines of the log. */
  readonly tell: (text: string) => void
}

/** Reads the hours of the plan until all are proven or lost, or until stopped. False, and nothing done, beside a worker. */
export async function backfillAlone(plan: BackfillPlan, parts: AloneParts): Promise<boolean> {
  const { clock, outside, tell } = parts
  const settings = narrowed(parts.settings, plan.stream)
  const { own } = settings
  const log = workerLog({
    // What becomes of the hours is shown otherwise.
    level: own.logLevel === 'error' ? 'error' : 'warn',
    format: own.logFormat ?? (outside.terminal.err ? 'pretty' : 'json'),
    colour: outside.terminal.err,
    destination: { write: tell },
  })
  const state = unlessLocked(() => openWorkerState(own, clock, log))
  if (!state) return false
  try {
    const streamParts = { settings, state, clock, log, seen: drift(driftLog(log)) }
    const [stream] = [...podStreams(streamParts), ...tapStreams(streamParts)]
    if (!stream?.archive)
      throw new CommandError(exitCode.settings, `backfill: the settings are not those of ${plan.stream}`)
    state.begin()
    const { archive } = stream
    // Nothing proves that an archive session leaves the place alone where the live stream of the same token goes on.
    const isBorrowed = productOf(plan.stream) === 'pod' && !parts.settings.own.podArchiveToken
    const suspectUnlessTrusted = () => {
      if (isBorrowed && state.borrows(plan.stream).trust() !== 'trusted')
        archive.ledger.suspectSince('the archive was read with the live token')
    }
    suspectUnlessTrusted()
    archive.ledger.ask(plan.span.from, plan.span.to)
    await runLane({ ...archive, mapper: stream.mapper, repair: 'never', state }, settings, parts)
    // What was read may have ended the trust.
    suspectUnlessTrusted()
    // A read that was broken off proves nothing, and loses nothing.
    state.endCleanly()
    return true
  } finally {
    state.close()
  }
}

/** Until nothing is left to be read, or until stopped. */
async function runLane(
  lane: Omit<RepairLane, 'exporter'>,
  settings: WorkerSettings,
  { outside, follow, clock }: AloneParts,
): Promise<void> {
  const { stop, abort } = outside
  const { stream, state, log } = lane
  const told = journal(log)
  const done = new AbortController()
  const lifetime = { stop: AbortSignal.any([stop, done.signal]), abort }
  const exporter = exporterFor(settings, outside)
  const parts = {
    ...lane,
    exporter: told.exporter(stream, guarded(limited(exporter, settings.own.maxInFlight))),
    state: told.state(state),
  }
  try {
    const ended = supervise(stream, () => repairLane(parts, lifetime), {
      stop: lifetime.stop,
      failed: told.failed,
      clock,
    })
    await follow(stop)
    done.abort()
    await ended
  } finally {
    await exporter.close()
  }
}

/** The settings of a worker that collects this stream alone: whatever else they name must not be started by a backfill. */
function narrowed(settings: WorkerSettings, stream: string): WorkerSettings {
  const { own } = settings
  const { podClusterId = '', podArchiveToken, podToken } = own
  const types = podTypes.filter(type => podStream(type, podClusterId) === stream)
  const ofOneProduct =
    productOf(stream) === 'pod'
      ? { podStreams: types, podArchiveToken: podArchiveToken ?? podToken, tapPrincipal: undefined }
      : { podClusterId: undefined }
  return { ...settings, own: { ...own, ...ofOneProduct } }
}
