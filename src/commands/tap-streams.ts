import { HOUR_MS, hourOf } from '../clock.ts'
import { tellError } from '../operations/log.ts'
import { tapArchive } from '../proofpoint/tap/archive.ts'
import { tapSource, tapStream } from '../proofpoint/tap/source.ts'
import { dispatcher } from '../proxy.ts'
import type { Start } from '../settings/kinds.ts'
import { mapperFor, type Stream, type StreamParts, tellGap } from './streams.ts'

/** The stream of the TAP SIEM API, if it is configured. */
export function tapStreams(parts: StreamParts): Stream[] {
  const { settings, clock, state, log } = parts
  const { own, proxies } = settings
  const { tapPrincipal: principal, tapSecret: secret, tapUrl: url } = own
  if (principal === undefined || secret === undefined) return []
  const stream = tapStream(principal)
  const delivered = state.delivered(stream)
  const ledger = state.ledger(stream, tapArchive(own.tapLookBack))
  return [
    {
      source: tapSource({
        url,
        principal,
        secret: secret.read,
        intervalMs: own.tapInterval,
        lookBackMs: own.tapLookBack,
        dailyRequests: own.tapDailyRequests,
        start: startOf(own.start, state.startedAt(stream)),
        dispatcher: dispatcher({ url, proxies }),
        clock,
        budget: state.budget(stream),
        known: delivered.has,
        onSettled: settled => {
          ledger.settled(settled)
          delivered.forgetBefore(settled)
        },
        onSkew: aheadMs => {
          const minutes = Math.round(aheadMs / 60_000)
          tellError(log, 'clock-skew', `${stream}: TAP is ahead by ${minutes} min`, { stream, minutes })
        },
        onHole: (from, to) => {
          tellGap(log, 'tap-gap', stream, from, to)
          for (let hour = hourOf(from); hour < to; hour += HOUR_MS) ledger.lose(hour, 'TAP keeps seven days')
        },
      }),
      mapper: mapperFor('tap', principal, parts),
    },
  ]
}

/** `now` means an hour back for TAP, whose events appear late. */
function startOf(start: Start, startedAt: number): number {
  if ('timeMs' in start) return start.timeMs
  return startedAt - ('backMs' in start ? start.backMs : HOUR_MS)
}
