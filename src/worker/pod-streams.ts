import { hourOf } from '../clock.ts'
import { type Log, tellError } from '../operations/log.ts'
import { type HourRead, podArchive, podArchiveSource } from '../proofpoint/pod/archive.ts'
import { podStream } from '../proofpoint/pod/connection.ts'
import { podLiveSource } from '../proofpoint/pod/live.ts'
import { seat } from '../proofpoint/pod/seat.ts'
import { turns } from '../proofpoint/pod/turns.ts'
import { webSocketAgent } from '../proxy.ts'
import type { HourLedger } from '../state/ledger.ts'
import { coverage } from './coverage.ts'
import { shareOf } from './share.ts'
import { mapperFor, type Stream, type StreamParts, tellGap } from './streams.ts'

/** The streams of the PoD Log API, if it is configured. */
export function podStreams(parts: StreamParts): Stream[] {
  const { settings, clock, state, log } = parts
  const { own, proxies } = settings
  const { podClusterId: clusterId, podToken: token, podUrl: url } = own
  if (clusterId === undefined || token === undefined) return []
  const mapper = mapperFor('pod', clusterId, parts)
  const largeTurns = turns()
  return own.podStreams.map(type => {
    const stream = podStream(type, clusterId)
    const ledger = state.ledger(stream, podArchive)
    begin(stream, ledger, parts)
    state.startedAt(stream)
    const covered = coverage(ledger)
    const connection = {
      url,
      clusterId,
      type,
      agent: webSocketAgent(url, proxies),
      clock,
      waitingBytes: shareOf(own),
      largeTurns,
    }
    const live = { ...connection, token: token.read, seat: seat(clock) }
    const source = podLiveSource({
      ...live,
      onBlocked: () => tellBlocked(log, stream),
      onOpened: covered.opened,
      onGap: (from, to) => tellGap(log, 'pod-gap', stream, from, to),
    })
    const archiveToken = own.podArchiveToken
    const archived = archiveToken ? { ...connection, token: archiveToken.read, seat: seat(clock) } : live
    const archive = {
      stream,
      ledger,
      borrows: state.borrows(stream),
      repair: own.podRepair,
      sourceOf: (read: HourRead) =>
        podArchiveSource(
          { ...archived, known: ledger.known, onBlocked: () => tellBlocked(log, `${stream} archive`) },
          read,
        ),
      // No public document says that the archive holds audit events.
      mayBeUnsupported: type === 'audit',
      refusedSince: new Map(),
      clock,
      log,
    }
    const held = { source, mapper, coverage: covered }
    if (archiveToken) return { ...held, archive }
    return { ...held, borrowed: { ...archive, session: live.seat.session } }
  })
}

/** Told at once: until it is delivered nothing else would say why the stream rests. */
function tellBlocked(log: Log, stream: string): void {
  tellError(log, 'delivery-blocked', `${stream} rests until what was read is delivered`, { stream })
}

/** At the stream's first start the archive is asked for what PROOFPOINT_START reaches back to. */
function begin(stream: string, ledger: HourLedger, { settings, clock, log }: StreamParts): void {
  const { start } = settings.own
  if ('at' in start) return
  const from = 'timeMs' in start ? start.timeMs : clock.now() - start.backMs
  const first = ledger.startFrom(from)
  if (first === undefined) return
  const since = new Date(first).toISOString()
  log.info(
    { stream, since },
    `${stream}: the hours since ${since} are read from the archive, as PROOFPOINT_START says`,
  )
  if (first > hourOf(from))
    tellError(log, 'start-too-early', `${stream} begins with ${since}`, { stream, since })
}
