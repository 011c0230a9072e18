import { describe, expect, it } from 'vitest'
import { figures, quantile } from '../../bench/figures.ts'
import type { Measurement } from '../../bench/measure.ts'

const measurement = (parts: Partial<Measurement>): Measurement => ({
  condition: 'message',
  contender: 'ours',
  round: 0,
  offered: 1_000,
  sent: 1_000,
  delivered: 1_000,
  ms: 100,
  cpuMs: 50,
  serverCpuMs: 10,
  sinkCpuMs: 10,
  rssMb: 100,
  latenciesMs: [],
  ...parts,
})

describe('figures', () => {
  it('has null for what was not measured', () => {
    expect(Object.values(figures([]))).toEqual(Array(11).fill(null))
  })

  it('are ratios of medians', () => {
    const rounds = [1, 2, 30].map(times => measurement({ ms: 100 / times, cpuMs: 50 * times }))
    const naive = measurement({ contender: 'naive', delivered: 500, ms: 100 })
    const limit = measurement({ contender: 'limit', cpuMs: 50 })
    expect(figures([...rounds, naive, limit])).toMatchObject({
      throughput_vs_naive: 4,
      cpu_vs_receive_parse: 2,
    })
  })

  it('count what was sent and not delivered, of the worker only, apart for a collector that was away', () => {
    const all = [
      measurement({ delivered: 999 }),
      measurement({ condition: 'tap', delivered: 998 }),
      measurement({ condition: 'down', delivered: 990 }),
      measurement({ contender: 'naive', delivered: 1 }),
    ]
    expect(figures(all)).toMatchObject({ lost: 3, lost_collector_down: 10 })
  })

  it('do not call lost what was never taken', () => {
    expect(figures([measurement({ sent: 600, delivered: 600 })])).toMatchObject({ lost: 0 })
  })
})

describe('quantile', () => {
  it('is the value that the share of all is not above', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([50, 99, 100])
  })
})
