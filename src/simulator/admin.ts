/** The simulator's own two paths, for other processes on this machine: its ledger and its controls. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type ZodError, z } from 'zod'
import { type Command, commandSchema } from './control.ts'
import type { Ledger } from './ledger.ts'
import { streamNames } from './streams.ts'

export const ADMIN_PATH = '/simulator/'

const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/
const time = z.iso.datetime({ offset: true }).transform(value => Date.parse(value))
const rangeSchema = z.strictObject({ from: time, to: time, ids: z.literal('1').optional() })

/**
 * `GET /simulator/ledger?from=<ISO>&to=<ISO>`: `{existed, sent, answers}` as JSON, `existed` being counts per stream;
 * with `&ids=1` one JSON line `{stream, identity}` per event instead.
 * `POST /simulator/control`: a command of control.ts as JSON; 204 when done. Faults are answered 400 with their reason.
 */
export function adminApi(
  ledger: Ledger,
  control: (command: Command) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const say = (response: ServerResponse, status: number, body = '') =>
    void response.writeHead(status).end(body)
  const refuse = (response: ServerResponse, error: ZodError) =>
    say(response, 400, `${z.prettifyError(error)}\n`)

  const showLedger = async (url: URL, response: ServerResponse) => {
    const range = rangeSchema.safeParse(Object.fromEntries(url.searchParams))
    if (!range.success) return refuse(response, range.error)
    const { from, to, ids } = range.data
    if (ids) {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
      const lines = streamNames
        .values()
        .flatMap(stream =>
          ledger.identities(stream, from, to).map(identity => `${JSON.stringify({ stream, identity })}\n`),
        )
      // A client that went away ends the pipeline; nobody else needs to know.
      return await pipeline(Readable.from(lines), response).catch(() => undefined)
    }
    const existed = Object.fromEntries(streamNames.map(name => [name, ledger.count(name, from, to)]))
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(`${JSON.stringify({ existed, sent: ledger.sent, answers: ledger.answers })}\n`)
  }

  const obey = async (request: IncomingMessage, response: ServerResponse) => {
    const command = commandSchema.safeParse(parsed(await text(request)))
    if (!command.success) return refuse(response, command.error)
    control(command.data)
    say(response, 204)
  }

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://simulator')
    if (!LOOPBACK.test(request.socket.remoteAddress ?? ''))
      return say(response, 403, 'Only for this machine\n')
    if (request.method === 'GET' && url.pathname === '/simulator/ledger')
      return await showLedger(url, response)
    if (request.method === 'POST' && url.pathname === '/simulator/control')
      return await obey(request, response)
    say(response, 404)
  }
}

/** Undefined, which the schema refuses, when it is no JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
