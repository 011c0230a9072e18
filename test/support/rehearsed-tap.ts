/** Whole workers of TAP alone, on one state, and a TAP that is told what it holds, all in the same virtual time. */
import type { ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { parseRehearsal, real, rehearsalClock } from '../../src/clock.ts'
import { temporaryDirectory } from '../state/directories.ts'
import { command, commandResult } from './command.ts'
import { judgingCollector } from './judging-collector.ts'
import { type Asked, answerText, tapServer } from './tap-server.ts'
import { workerEnv } from './worker.ts'

export interface HeldEvent {
  readonly id: string
  /** ms since 1970. */
  readonly created: number
  /** From when on answers hold it; always, if it is not given. */
  readonly indexed?: number
  readonly text?: string
}

export interface TapRehearsal {
  /** When it begins, ms since 1970. */
  readonly begin: number
  readonly env?: Readonly<Record<string, string>>
  /** How far TAP's clock is behind ours. */
  readonly behindMs?: number
  readonly held?: readonly HeldEvent[]
  /** Answers in TAP's place: true when it did. */
  readonly instead?: (asked: Asked, response: ServerResponse) => boolean
}

export const elementOf = ({ id, created, text }: HeldEvent) => ({
  GUID: id,
  id,
  messageTime: new Date(created).toISOString(),
  ...(text && { text }),
})

/** An hour passes in six seconds. */
export async function rehearsedTap({ begin, env, behindMs = 0, held = [], instead }: TapRehearsal) {
  const spec = `600x@${new Date(begin).toISOString()}/${new Date(real.now()).toISOString()}`
  const clock = rehearsalClock(parseRehearsal(spec)!)
  const events = [...held]
  const tap = await tapServer((asked, response) => {
    const now = clock.now() - behindMs
    response.setHeader('date', new Date(now).toUTCString())
    if (asked.to > now) return response.writeHead(400).end('The requested interval is still current.')
    if (instead?.(asked, response)) return
    const found = ({ created, indexed = 0 }: HeldEvent) =>
      created >= asked.from && created < asked.to && indexed <= now
    return response.end(answerText({ messagesBlocked: events.filter(found).map(elementOf) }, asked.to))
  })
  onTestFinished(() => tap.close())
  const collector = await judgingCollector(() => ({ status: 200 }))
  onTestFinished(() => collector[Symbol.asyncDispose]())
  const state = temporaryDirectory()
  return {
    clock,
    tap,
    state,
    /** What TAP holds; may be added to. */
    events,
    /** The ids of the events that were delivered, in their order. */
    delivered: (): string[] => collector.records.map(({ body }) => JSON.parse(body).id),
    run() {
      const running = command(['run'], {
        ...workerEnv({
          simulator: { podUrl: 'ws://127.0.0.1:1', tapUrl: tap.url },
          state,
          collector: new URL(collector.url).origin,
        }),
        PROOFPOINT_REHEARSAL_CLOCK: spec,
        PROOFPOINT_POD_CLUSTER_ID: '',
        PROOFPOINT_POD_TOKEN: '',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        ...env,
      })
      onTestFinished(() => running[Symbol.asyncDispose]())
      return running
    },
    /** What the report says of the hour that begins at `ms`. */
    async hour(ms: number): Promise<{ state?: string; repaired?: number; reason?: string }> {
      const span = ['--from', new Date(ms).toISOString(), '--to', new Date(ms + 1).toISOString()]
      const { out } = await commandResult(['report', '--json', ...span], { PROOFPOINT_STATE_DIR: state })
      return out === '' ? {} : (JSON.parse(out).streams[0]?.hours[0] ?? {})
    },
  }
}
