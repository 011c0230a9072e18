/** One contender under one condition, once. */
import { real } from '../src/clock.ts'
import type { Peer } from './calls.ts'
import type { Condition, Contender } from './conditions.ts'
import { launch, type Running, type Surroundings } from './launch.ts'
import type { ServerCalls, ServerUrls } from './server.ts'
import type { SinkCalls, SinkProgress } from './sink.ts'
import { cpuMs, monotonicMs, peakRssMb } from './usage.ts'

export interface Measurement {
  readonly condition: string
  readonly contender: Contender
  readonly round: number
  readonly offered: number
  /** What the contender took off the server's hands; the rest of what was offered is not lost. */
  readonly sent: number
  /** Distinct uids at the sink; what was parsed, of the one that delivers nothing. */
  readonly delivered: number
  /** From the offer to the last that was delivered. */
  readonly ms: number
  /** User and system time of the process and, for the reader to judge, of the two around it. */
  readonly cpuMs: number
  readonly serverCpuMs: number
  readonly sinkCpuMs: number
  /** Of the whole life of the process, MB of 10^6 bytes. */
  readonly rssMb: number
  /** From frame to acknowledgement, at a fixed rate. */
  readonly latenciesMs: readonly number[]
  /** From the start of the process, where there was no warm-up. */
  readonly startMs?: number
  /** What the worker said, if it did not end with 0. */
  readonly complaint?: string
}

/** The processes that all contenders share. */
export interface Stage {
  readonly server: Peer<ServerCalls>
  readonly sink: Peer<SinkCalls>
  readonly urls: ServerUrls
  readonly sinkUrls: { readonly plain: string; readonly tls: string }
  readonly authority: string
  readonly workplace: string
}

const LOOK_MS = 50
/** Nothing new for so long means that the rest is lost. */
const QUIET_MS = { limit: 2_000, naive: 3_000, 'naive-queue': 3_000, ours: 60_000 }
/** The SDK's exporter gives up a batch after 10 s. */
const QUIET_AFTER_DOWN_MS = 12_000

export async function measure(
  stage: Stage,
  condition: Condition,
  contender: Contender,
  round: number,
  nodeArguments: readonly string[] = [],
): Promise<Measurement> {
  const { server, sink } = stage
  const { input, warmUp, records, perSecond, downMs } = condition
  await server.call('reset')
  await sink.call('forget')
  await sink.call('answerAfter', condition.answerAfterMs ?? 0)

  let offeredAt = monotonicMs()
  await server.call('offer', { input, records: warmUp || records })
  const startedAt = monotonicMs()
  await using running = launch(contender, condition, around(stage, condition), nodeArguments)
  const progress = running.counts?.progress ?? (() => sink.call('progress'))
  const quietMs = downMs && contender !== 'ours' ? QUIET_AFTER_DOWN_MS : QUIET_MS[contender]
  const settled = (count: number) => settle(server, running, progress, count, quietMs)

  let before = { own: 0, server: cpuMs(server.pid), sink: cpuMs(sink.pid), sent: 0 }
  if (warmUp > 0) {
    await settled(warmUp)
    const { sent } = await server.call('progress')
    await running.counts?.forget()
    await sink.call('forget')
    before = { own: cpuMs(running.pid), server: cpuMs(server.pid), sink: cpuMs(sink.pid), sent }
    if (downMs) await sink.call('setUp', false)
    offeredAt = monotonicMs()
    await server.call('offer', { input, records, ...(perSecond && { perSecond }) })
    if (downMs) {
      await real.sleep(downMs)
      await sink.call('setUp', true)
    }
  }
  const end = await settled(records)
  const figures = {
    cpuMs: cpuMs(running.pid) - before.own,
    serverCpuMs: cpuMs(server.pid) - before.server,
    sinkCpuMs: cpuMs(sink.pid) - before.sink,
    rssMb: peakRssMb(running.pid),
  }
  const { sent } = await server.call('progress')
  const latenciesMs = perSecond ? await latencies(stage) : []
  await running.stop()
  const complaint = running.complaint()
  return {
    condition: condition.name,
    contender,
    round,
    offered: records,
    sent: sent - before.sent,
    delivered: end.delivered,
    ms: end.lastAt - offeredAt,
    ...figures,
    latenciesMs,
    ...(warmUp === 0 && { startMs: end.firstAt - startedAt }),
    ...(contender === 'ours' && complaint !== undefined && { complaint }),
  }
}

const around = ({ urls, sinkUrls, authority, workplace }: Stage, { tls }: Condition): Surroundings => ({
  ...(tls ? urls.tls : urls.plain),
  sink: tls ? sinkUrls.tls : sinkUrls.plain,
  authority,
  workplace,
})

/** Waits until `count` records are delivered, or nothing new has come for `quietMs`. */
async function settle(
  server: Peer<ServerCalls>,
  running: Running,
  progress: () => Promise<SinkProgress>,
  count: number,
  quietMs: number,
): Promise<SinkProgress> {
  for (const began = monotonicMs(); ; await real.sleep(LOOK_MS)) {
    const now = await progress()
    if (now.delivered >= count) return now
    const { lastAt } = await server.call('progress')
    if (monotonicMs() - Math.max(began, now.lastAt, lastAt) > quietMs) return now
    const complaint = running.complaint()
    if (complaint !== undefined) throw new Error(`a contender has ended: ${complaint}`)
  }
}

async function latencies({ server, sink }: Stage): Promise<number[]> {
  const sentAt = await server.call('sentAt')
  const receivedAt = await sink.call('receivedAt')
  return [...sentAt].flatMap(([uid, at]) => {
    const received = receivedAt.get(uid)
    return received === undefined ? [] : [received - at]
  })
}
