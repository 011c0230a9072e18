/** `simulate` as a process of its own, and its ledger. */
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { deadline, real } from '../../src/clock.ts'
import type { Command } from '../../src/simulator/control.ts'
import type { StreamName } from '../../src/simulator/streams.ts'
import { command } from '../support/command.ts'

export interface Existing {
  readonly stream: StreamName
  /** See `identityOf` of the simulator. */
  readonly identity: string
}

export interface Simulated extends AsyncDisposable {
  /** The settings that lead a worker to it. */
  readonly env: Readonly<Record<string, string>>
  control(order: Command): Promise<void>
  /** All events created from `fromMs` to before `toMs`. */
  existing(fromMs: number, toMs: number): AsyncGenerator<Existing>
}

const START_MS = 30_000

export async function simulated(args: readonly string[], clock: string): Promise<Simulated> {
  const running = command(['simulate', '--port', '0', ...args], { PROOFPOINT_REHEARSAL_CLOCK: clock })
  const tooLate = deadline(START_MS)
  while (!running.out().includes('PROOFPOINT_TAP_URL')) {
    if (tooLate.aborted) throw new Error(`The simulator does not start:\n${running.err()}`)
    await real.sleep(20)
  }
  const env = Object.fromEntries(
    running
      .out()
      .trim()
      .split('\n')
      .map(line => line.split('=') as [string, string]),
  )
  const base = `${env['PROOFPOINT_TAP_URL']}/simulator`
  return {
    env,
    async control(order) {
      const answer = await fetch(`${base}/control`, { method: 'POST', body: JSON.stringify(order) })
      if (!answer.ok) throw new Error(`The simulator refuses ${order.command}: ${await answer.text()}`)
    },
    async *existing(fromMs, toMs) {
      const span = `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`
      const { body } = await fetch(`${base}/ledger?${span}&ids=1`)
      if (!body) throw new Error('The simulator gives no ledger')
      for await (const line of createInterface(Readable.fromWeb(body))) {
        const existing: Existing = JSON.parse(line)
        yield existing
      }
    },
    async [Symbol.asyncDispose]() {
      running.signal('SIGTERM')
      await running.ended
    },
  }
}
