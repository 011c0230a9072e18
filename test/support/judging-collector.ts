import { createServer, type IncomingMessage } from 'node:http'
import { listen } from './otlp-fault-servers.ts'

export interface Verdict {
  readonly status: number
  readonly body?: string
}

export interface JudgingCollector extends AsyncDisposable {
  readonly url: string
  /** The bodies of the records of each request, in order. */
  readonly requests: string[][]
  /** The bodies of the records of the requests that were answered with 200 and no rejection. */
  readonly taken: string[]
}

/** An OTLP/JSON receiver that answers each request by the bodies of its records. */
export async function judgingCollector(
  judge: (bodies: readonly string[], request: number) => Verdict,
  port = 0,
): Promise<JudgingCollector> {
  const requests: string[][] = []
  const taken: string[] = []
  const server = createServer(async (request, response) => {
    const bodies = await bodiesOf(request)
    requests.push(bodies)
    const { status, body = '{}' } = judge(bodies, requests.length)
    if (status === 200 && body === '{}') taken.push(...bodies)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  const listening = await listen(server, 'http', port)
  return {
    url: `${listening.origin}/v1/logs`,
    requests,
    taken,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}

async function bodiesOf(request: IncomingMessage): Promise<string[]> {
  const { resourceLogs = [] } = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}')
  return resourceLogs.flatMap(
    (resource: { scopeLogs: { logRecords: { body: { stringValue: string } }[] }[] }) =>
      resource.scopeLogs.flatMap(scope => scope.logRecords.map(record => record.body.stringValue)),
  )
}
