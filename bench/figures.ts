/** From single measurements to medians and ratios. */
import type { Contender } from './conditions.ts'
import type { Measurement } from './measure.ts'

/** Medians of one contender's rounds under one condition. */
export interface Summary {
  readonly contender: Contender
  readonly perSecond: number
  /** Least and most of the rounds. */
  readonly perSecondRange: readonly [number, number]
  /** Of what was sent, 0 to 1. */
  readonly lostShare: number
  /** Microseconds of user and system time a delivered record. */
  readonly cpuUs: number
  readonly rssMb: number
  /** Share of one core that the processes around it took. */
  readonly serverBusy: number
  readonly sinkBusy: number
  /** Of all frames of a fixed rate: half of them, and 99 of 100, took no longer; NaN where the rate was not fixed. */
  readonly latencyMs: readonly [p50: number, p99: number]
}

/** The keys of `--json`; null for what was not measured. Ratios are those of medians. */
export interface Figures {
  readonly throughput_vs_naive: number | null
  readonly cpu_vs_receive_parse: number | null
  readonly lost: number | null
  readonly rss_mb: number | null
  readonly rss_mb_collector_down: number | null
  readonly lost_collector_down: number | null
  readonly throughput_50ms_vs_0ms: number | null
  readonly growth_1m_vs_10k: number | null
  readonly latency_p50_ms: number | null
  readonly latency_p99_ms: number | null
  readonly start_ms: number | null
}

export function summary(rounds: readonly Measurement[]): Summary | undefined {
  const [first] = rounds
  if (!first) return undefined
  const of = (figure: (measurement: Measurement) => number) => median(rounds.map(figure))
  const perSecond = (m: Measurement) => (m.delivered / m.ms) * 1_000
  const speeds = rounds.map(perSecond)
  const latencies = rounds.flatMap(m => m.latenciesMs)
  return {
    contender: first.contender,
    perSecond: of(perSecond),
    perSecondRange: [Math.min(...speeds), Math.max(...speeds)],
    lostShare: of(m => (m.sent - m.delivered) / m.sent),
    cpuUs: of(m => (m.cpuMs / m.delivered) * 1_000),
    rssMb: of(m => m.rssMb),
    serverBusy: of(m => m.serverCpuMs / m.ms),
    sinkBusy: of(m => m.sinkCpuMs / m.ms),
    latencyMs: [quantile(latencies, 0.5), quantile(latencies, 0.99)],
  }
}

export function figures(all: readonly Measurement[]): Figures {
  const rounds = (condition: string, contender: Contender = 'ours') =>
    all.filter(m => m.condition === condition && m.contender === contender)
  const of = (condition: string, contender?: Contender) => summary(rounds(condition, contender))
  const ours = all.filter(m => m.contender === 'ours')
  const [p50, p99] = of('latency')?.latencyMs ?? []
  return {
    throughput_vs_naive: ratio(of('message')?.perSecond, of('message', 'naive')?.perSecond),
    cpu_vs_receive_parse: ratio(of('message')?.cpuUs, of('message', 'limit')?.cpuUs),
    lost: lost(ours.filter(m => m.condition !== 'down')),
    rss_mb: rounded(of('message')?.rssMb, 1),
    rss_mb_collector_down: rounded(of('down')?.rssMb, 1),
    lost_collector_down: lost(rounds('down')),
    throughput_50ms_vs_0ms: ratio(of('answer-50ms')?.perSecond, of('message')?.perSecond),
    growth_1m_vs_10k: ratio(of('large')?.cpuUs, of('small')?.cpuUs),
    latency_p50_ms: rounded(p50, 2),
    latency_p99_ms: rounded(p99, 2),
    start_ms: rounded(median(rounds('start').flatMap(m => m.startMs ?? [])), 0),
  }
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The least value that at least this share (0 to 1) of all is not above; NaN of nothing. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN

const lost = (rounds: readonly Measurement[]): number | null =>
  rounds.length === 0 ? null : rounds.reduce((sum, { sent, delivered }) => sum + sent - delivered, 0)

const ratio = (above: number | undefined, below: number | undefined): number | null =>
  above === undefined || below === undefined ? null : rounded(above / below, 3)

const rounded = (value: number | undefined, digits: number): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(digits))
