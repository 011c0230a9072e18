import type { Settings } from '../settings/read.ts'

/**
 * What one reader may hold, as shares of the same size: what waits at its socket, the two pages that are delivered, and the
 * requests made of them, which take up to twice their text. An archive and TAP deliver one page, and get no more for it: one
 * size is simpler.
 */
const SHARES_OF_READER = 7
/** A lone stream leaves as much for what is no longer used and not yet collected. */
const LEAST_READERS = 2

/** Bytes of a page, and of what waits for the next, so that all readers together hold no more than the settings allow. */
export function shareOf(own: Settings): number {
  const { podClusterId, podStreams, podArchiveToken, tapPrincipal, maxBufferBytes } = own
  // With a token of its own the archive is read beside the live stream; TAP's hours always are.
  const podReaders = podClusterId === undefined ? 0 : podStreams.length * (podArchiveToken ? 2 : 1)
  const tapReaders = tapPrincipal === undefined ? 0 : 2
  const readers = Math.max(LEAST_READERS, podReaders + tapReaders)
  return Math.floor(maxBufferBytes / (SHARES_OF_READER * readers))
}
