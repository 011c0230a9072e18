import { type HourRead, podArchive, podArchiveSource } from '../proofpoint/pod/archive.ts'
import { podStream } from '../proofpoint/pod/connection.ts'
import { podLiveSource } from '../proofpoint/pod/live.ts'
import { webSocketAgent } from '../proxy.ts'
import { coverage } from './coverage.ts'
import { mapperFor, type Stream, type StreamParts, tellGap } from './streams.ts'

/** At most three PoD streams and TAP hold a page and collect the next one. */
const WAITING_PLACES = 8

/** The streams of the PoD Log API, if it is configured. */
export function podStreams(parts: StreamParts): Stream[] {
  const { settings, clock, state, log } = parts
  const { own, proxies } = settings
  const { podClusterId: clusterId, podToken: token, podUrl: url } = own
  if (clusterId === undefined || token === undefined) return []
  const mapper = mapperFor('pod', clusterId, parts)
  return own.podStreams.map(type => {
    const stream = podStream(type, clusterId)
    state.startedAt(stream)
    const ledger = state.ledger(stream, podArchive)
    const covered = coverage(ledger)
    const common = {
      url,
      clusterId,
      type,
      agent: webSocketAgent(url, proxies),
      clock,
      waitingBytes: own.maxBufferBytes / WAITING_PLACES,
    }
    const source = podLiveSource({
      ...common,
      token: token.read,
      onOpened: covered.opened,
      onGap: (from, to) => tellGap(log, 'pod-gap', stream, from, to),
    })
    if (!own.podArchiveToken || own.podRepair === 'never') return { source, mapper, coverage: covered }
    const archived = { ...common, token: own.podArchiveToken.read, known: ledger.known }
    const archive = {
      stream,
      ledger,
      repair: own.podRepair,
      sourceOf: (read: HourRead) => podArchiveSource(archived, read),
      // No public document says that the archive holds audit events.
      mayBeUnsupported: type === 'audit',
      clock,
      log,
    }
    return { source, mapper, coverage: covered, archive }
  })
}
