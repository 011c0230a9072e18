/** A whole worker and a simulated Proofpoint in the same virtual time. */
import { parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import type { SimulatorOptions } from '../../src/simulator/options.ts'
import { command, commandResult } from './command.ts'
import { judgingCollector } from './judging-collector.ts'
import { onlyMessages } from './unreachable-pod.ts'
import { simulated, stateDirectory, workerEnv } from './worker.ts'

/** `factor`: how many times faster than real time; 1 is real time. */
export async function rehearsed(
  factor: number,
  options: Partial<SimulatorOptions>,
  env: Record<string, string> = {},
) {
  const spec = `${factor}x@2026-11-22T02:20:00Z/${new Date(real.now()).toISOString()}`
  const clock = rehearsalClock(parseRehearsal(spec)!)
  const simulator = await simulated({ clock, ...options })
  const collector = await judgingCollector(() => ({ status: 200 }))
  const state = stateDirectory()
  return {
    clock,
    simulator,
    collector,
    /** The state directory. */
    state: state.path,
    run: (more: Record<string, string> = {}) =>
      command(['run'], {
        ...workerEnv({ simulator, state: state.path, collector: new URL(collector.url).origin }),
        ...onlyMessages,
        PROOFPOINT_REHEARSAL_CLOCK: spec,
        ...env,
        ...more,
      }),
    /** Of the hour that is now. */
    report: () => {
      const span = [
        '--from',
        new Date(clock.now()).toISOString(),
        '--to',
        new Date(clock.now() + 1).toISOString(),
      ]
      return commandResult(['report', ...span], { PROOFPOINT_STATE_DIR: state.path })
    },
    async [Symbol.asyncDispose]() {
      await collector[Symbol.asyncDispose]()
      await simulator.close()
      state[Symbol.dispose]()
    },
  }
}
