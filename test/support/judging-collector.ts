import { createServer } from 'node:http'
import { listen, type Misbehaviour } from './otlp-fault-servers.ts'

export interface Verdict {
  readonly status: number
  readonly body?: string
}

/** What a record says of itself. */
export interface ReceivedRecord {
  readonly uid: string
  readonly observedTimeUnixNano: string
  /** Whether it is marked as cut. */
  readonly isCut: boolean
  readonly body: string
}

export interface JudgingCollector extends AsyncDisposable {
  readonly url: string
  /** The bodies of the records of each request, in order. */
  readonly requests: string[][]
  /** The records of each request. */
  readonly received: ReceivedRecord[][]
  /** The bodies of the records of the requests that were answered with 200 and no rejection. */
  readonly taken: string[]
  /** The same records. */
  readonly records: ReceivedRecord[]
}

/** An OTLP/JSON receiver that answers each request by the bodies of its records; one that breaks off is none. `request` counts from 1. */
export async function judgingCollector(
  judge: (bodies: readonly string[], request: number) => Verdict | Misbehaviour | Promise<Verdict>,
  port = 0,
): Promise<JudgingCollector> {
  const requests: string[][] = []
  const taken: string[] = []
  const received: ReceivedRecord[][] = []
  const records: ReceivedRecord[] = []
  const server = createServer(async (request, response) => {
    const whole = await request.toArray().catch(() => undefined)
    if (!whole) return
    const sent = recordsOf(Buffer.concat(whole))
    const bodies = sent.map(record => record.body)
    received.push(sent)
    requests.push(bodies)
    const verdict = await judge(bodies, requests.length)
    if (typeof verdict === 'function') {
      verdict(response, request)
      return
    }
    const { status, body = '{}' } = verdict
    if (status === 200 && body === '{}') {
      taken.push(...bodies)
      records.push(...sent)
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  const listening = await listen(server, 'http', port)
  return {
    url: `${listening.origin}/v1/logs`,
    requests,
    received,
    taken,
    records,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  }
}

interface OtlpRecord {
  readonly body: { readonly stringValue: string }
  readonly observedTimeUnixNano: string
  readonly attributes: readonly {
    readonly key: string
    readonly value: { readonly stringValue?: string; readonly boolValue?: boolean }
  }[]
}

function recordsOf(body: Buffer): ReceivedRecord[] {
  const { resourceLogs = [] } = JSON.parse(body.toString() || '{}')
  return resourceLogs.flatMap((resource: { scopeLogs: { logRecords: OtlpRecord[] }[] }) =>
    resource.scopeLogs.flatMap(scope =>
      scope.logRecords.map(({ body, observedTimeUnixNano, attributes }) => ({
        uid: attributes.find(({ key }) => key === 'log.record.uid')?.value.stringValue ?? '',
        observedTimeUnixNano,
        isCut: attributes.some(({ key, value }) => key === 'proofpoint.body.truncated' && value.boolValue),
        body: body.stringValue,
      })),
    ),
  )
}
