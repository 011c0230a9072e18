import { MOST_PAGES } from '../most-pages.ts'
import type { Settings } from '../settings/read.ts'

/** Of a reader: what waits at its socket, the pages that are delivered at once, and their requests, up to twice their text. */
const sharesOf = (pages: number): number => 1 + pages * (1 + 2)

const SHARES_OF_LIVE = sharesOf(MOST_PAGES)
/** Archives and TAP deliver one page at a time. */
const SHARES_OF_OTHERS = sharesOf(1)
/** A lone stream leaves as much for what is no longer used and not yet collected. */
const LEAST_SHARES = 2 * SHARES_OF_LIVE

/** Bytes of a page, and of what waits for the next, so that all readers together hold no more than the settings allow. */
export function shareOf(own: Settings): number {
  const { podClusterId, podStreams, podArchiveToken, tapPrincipal, maxBufferBytes } = own
  const streams = podClusterId === undefined ? 0 : podStreams.length
  // With a token of its own the archive is read beside the live stream; TAP's hours always are.
  const others = (podArchiveToken ? streams : 0) + (tapPrincipal === undefined ? 0 : 2)
  const shares = Math.max(LEAST_SHARES, streams * SHARES_OF_LIVE + others * SHARES_OF_OTHERS)
  return Math.floor(maxBufferBytes / shares)
}
