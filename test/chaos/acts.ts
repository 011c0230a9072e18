import { real } from '../../src/clock.ts'
import type { PodType } from '../../src/simulator/streams.ts'
import type { Act } from './schedule.ts'
import type { Simulated } from './simulated.ts'
import type { World } from './world.ts'

/** Real time from the start of a worker to its first session: it belongs to the time that nobody holds the stream. */
const STARTING_MS = 700

/**
 * Does one act. Resolves when the next one may come; what it returns beside holds on meanwhile and resolves when it is over.
 */
export async function perform(act: Act, world: World): Promise<{ readonly over: Promise<void> }> {
  const { proxy } = world
  const simulator = world.simulator()
  switch (act.act) {
    case 'kill the worker':
    case 'stop the worker':
      await world.endWorker(act.act === 'kill the worker' ? 'SIGKILL' : 'SIGTERM')
      world.startWorker()
      break
    case 'absence':
      await world.endWorker(act.by)
      if (act.jump) await world.jump(act.awayMs)
      else await world.clock().sleep(act.awayMs - world.virtual(STARTING_MS))
      world.startWorker()
      break
    case 'reset a connection':
      await simulator.control({ command: 'drop', type: act.type })
      break
    case 'half-open connection':
      await simulator.control({ command: 'halfOpen', type: act.type })
      // A server lets go of a dead session after some minutes of real time, which here would be days.
      return { over: real.sleep(act.holdMs).then(() => letGo(act.type, simulator, world)) }
    case 'close a session':
      await simulator.control({ command: 'closeWith', type: act.type, code: act.code })
      break
    case 'refuse handshakes':
      await simulator.control({ command: 'refuseHandshake', status: act.status, count: act.count })
      break
    case 'empty archive sessions':
      await simulator.control({ command: 'emptyArchive', count: act.count })
      break
    case 'truncated archive sessions':
      await simulator.control({ command: 'truncateArchive', count: act.count })
      break
    case 'TAP fault':
      await simulator.control({ command: 'failTap', fault: act.fault, count: act.count })
      break
    case 'Collector fault':
      proxy.misbehave(act.fault)
      return { over: real.sleep(act.holdMs).then(() => proxy.misbehave('pass')) }
    case 'kill the Collector':
      return { over: world.killCollector(act.holdMs) }
    case 'disk full':
      return { over: world.fillDisk(act.holdMs) }
  }
  return { over: Promise.resolve() }
}

/** After a jump the session is gone, with the simulator that held it. */
async function letGo(type: PodType, holder: Simulated, world: World): Promise<void> {
  if (world.simulator() === holder) await holder.control({ command: 'drop', type })
}
