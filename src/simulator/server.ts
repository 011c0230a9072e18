/** A Proofpoint with faults: both APIs in one HTTP server, whose data is a function of a seed and of (virtual) time. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { real } from '../clock.ts'
import { KnownError } from '../errors.ts'
import { ADMIN_PATH, adminApi } from './admin.ts'
import { type Command, commandSchema, emptyScript } from './control.ts'
import { type Injected, type Ledger, ledgerOf } from './ledger.ts'
import { podDefaults, type SimulatorOptions, silence, tapDefaults } from './options.ts'
import { type OpenSession, podApi } from './pod.ts'
import { checkHandshake, POD_PATH } from './pod-handshake.ts'
import { type PodType, streamsOf } from './streams.ts'
import { TAP_PATH, tapApi } from './tap.ts'

export interface Simulator {
  readonly port: number
  /** `ws://host:port/v1/stream` */
  readonly podUrl: string
  /** `http://host:port` */
  readonly tapUrl: string
  readonly ledger: Ledger
  /** The PoD sessions that are open now. */
  sessions(type?: PodType): OpenSession[]
  /** Does an order of the script. Throws a ZodError when it is malformed. */
  control(command: Command): void
  /** Puts a frame into a live stream, as the next one of it; every token gets it once. */
  inject(type: PodType, bytes: Buffer): void
  /** Drops all connections. */
  close(): Promise<void>
}

/** Resolves when the server listens. Throws a `KnownError` `port-busy`. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const {
    host = '127.0.0.1',
    port = 0,
    clock = real,
    seed = 1,
    clusterId,
    tokens,
    principal,
    secret,
  } = options
  const streams = streamsOf(seed, clusterId, { ...silence, ...options.rates })
  const injected: Record<PodType, Injected[]> = { message: [], maillog: [], audit: [] }
  const ledger = ledgerOf(streams, injected)
  const script = emptyScript()
  const silent = new Set<PodType>()
  const account = { clusterId, tokens }
  const shared = { script, seed, clock, tally: ledger }
  const pod = podApi({
    ...shared,
    account,
    silent,
    injected,
    streams: streams.pod,
    behaviour: { ...podDefaults, ...options.pod },
  })
  const tap = tapApi({
    ...shared,
    principal,
    secret,
    streams: streams.tap,
    behaviour: { ...tapDefaults, ...options.tap },
  })

  const inject: Simulator['inject'] = (type, bytes) => {
    injected[type].push({ atMs: clock.now(), bytes })
    for (const session of pod.sessions(type)) session.wake()
  }

  const control = (order: Command) => {
    const command = commandSchema.parse(order)
    switch (command.command) {
      case 'drop':
        for (const session of pod.sessions(command.type)) session.drop()
        break
      case 'halfOpen':
        for (const session of pod.sessions(command.type)) session.freeze()
        break
      case 'closeWith':
        for (const session of pod.sessions(command.type)) session.close(command.code)
        break
      case 'silent':
        if (command.on) silent.add(command.type)
        else silent.delete(command.type)
        for (const session of pod.sessions(command.type)) session.wake()
        break
      case 'refuseHandshake':
        script.handshakes.push(...Array<number>(command.count).fill(command.status))
        break
      case 'emptyArchive':
        script.archives.push(...Array<'empty'>(command.count).fill('empty'))
        break
      case 'truncateArchive':
        script.archives.push(...Array<'truncated'>(command.count).fill('truncated'))
        break
      case 'inject':
        inject(command.type, Buffer.from(command.text))
        break
      case 'failTap':
        script.tapAnswers.push(...Array<typeof command.fault>(command.count).fill(command.fault))
        break
    }
  }

  const admin = adminApi(ledger, control)
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path.startsWith(TAP_PATH)) tap(request, response)
    else if (path.startsWith(ADMIN_PATH)) void admin(request, response)
    else {
      const answer = checkHandshake(request, account, clock.now())
      const { status, text } =
        'status' in answer ? answer : { status: 404, text: `Not found: ${POD_PATH}\r\n` }
      response.writeHead(status, { 'Content-Type': 'text/plain;charset=iso-8859-1' }).end(text)
    }
  })
  server.on('upgrade', (request, socket, head) => void pod.upgrade(request, socket, head))
  const bound = await listen(server, port, host)
  const authority = `${host.includes(':') ? `[${host}]` : host}:${bound}`
  return {
    port: bound,
    podUrl: `ws://${authority}${POD_PATH}`,
    tapUrl: `http://${authority}`,
    ledger,
    sessions: pod.sessions,
    control,
    inject,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await pod.close()
      await closed
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    throw busy ? new KnownError('port-busy', `port ${port} on ${host} is in use`, { cause: error }) : error
  }
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}
