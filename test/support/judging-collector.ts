import { createServer, type IncomingMessage } from 'node:http'
import { listen } from './otlp-fault-servers.ts'

export interface Verdict {
  readonly status: number
  readonly body?: string
}

/** What a record says of itself. */
export interface TakenRecord {
  readonly uid: string
  readonly observedTimeUnixNano: string
  readonly body: string
}

export interface JudgingCollector extends AsyncDisposable {
  readonly url: string
  /** The bodies of the records of each request, in order. */
  readonly requests: string[][]
  /** The bodies of the records of the requests that were answered with 200 and no rejection. */
  readonly taken: string[]
  /** The same records. */
  readonly records: TakenRecord[]
}

/** An OTLP/JSON receiver that answers each request by the bodies of its records. */
export async function judgingCollector(
  judge: (bodies: readonly string[], request: number) => Verdict,
  port = 0,
): Promise<JudgingCollector> {
  const requests: string[][] = []
  const taken: string[] = []
  const records: TakenRecord[] = []
  const server = createServer(async (request, response) => {
    const received = await recordsOf(request)
    const bodies = received.map(record => record.body)
    requests.push(bodies)
    const { status, body = '{}' } = judge(bodies, requests.length)
    if (status === 200 && body === '{}') {
      taken.push(...bodies)
      records.push(...received)
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  const listening = await listen(server, 'http', port)
  return {
    url: `${listening.origin}/v1/logs`,
    requests,
    taken,
    records,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}

interface OtlpRecord {
  readonly body: { readonly stringValue: string }
  readonly observedTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
}

async function recordsOf(request: IncomingMessage): Promise<TakenRecord[]> {
  const { resourceLogs = [] } = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}')
  return resourceLogs.flatMap((resource: { scopeLogs: { logRecords: OtlpRecord[] }[] }) =>
    resource.scopeLogs.flatMap(scope =>
      scope.logRecords.map(({ body, observedTimeUnixNano, attributes }) => ({
        uid: attributes.find(({ key }) => key === 'log.record.uid')?.value.stringValue ?? '',
        observedTimeUnixNano,
        body: body.stringValue,
      })),
    ),
  )
}
