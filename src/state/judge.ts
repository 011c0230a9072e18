/** The rules of `verified`: what the reads of one hour from the archive prove together. */
import { HOUR_MS } from '../clock.ts'
import { DIGEST_BYTES, digestSet } from './digest-set.ts'
import type { Archive, Verdict } from './ledger.ts'

/** ms since 1970. */
export interface ReadTimes {
  readonly begunAt: number
  readonly endedAt: number
}

/** A read that the server ended itself, and the uids that it held: ten-byte digests, one may be there twice. */
export interface CompleteRead extends ReadTimes {
  readonly uids: Buffer
}

export interface Evidence {
  /**
   * Whether live delivery was unbroken during the whole hour, as far as its sessions tell, and has gone on until the latest of
   * its events had come.
   */
  readonly covered: boolean
  /** Records of the hour that reads of the archive delivered, because live delivery had not. */
  readonly brought: number
  /** The complete reads of the hour, oldest first; spent ones may be left out. */
  readonly reads: readonly CompleteRead[]
  /** Reads of any end. */
  readonly tries: number
  /** What complete reads of the hour before and the one after held: an archive may file an event under either. */
  readonly neighbours: readonly Buffer[]
  /** Digests of all that was delivered for the hour, by whichever lane. */
  readonly delivered: Buffer
}

/** Reads closer together than this may come from the same state of the archive, and prove no more than one. */
export const SPACING_MS = 15 * 60_000
const LONGEST_PAUSE_MS = 6 * HOUR_MS
/** So many spaced reads are enough to accept what stays lacking, and to believe that an hour holds little or nothing. */
const ENOUGH_READS = 3
/** Of fewer events two reads that were cut off at random agree too often: of eight, one time in eight. */
const FEW_EVENTS = 100

/**
 * Where one read is proof, an hour is verified by a complete one. What that lacks is counted, and not asked for again: an
 * event that was changed since has a new uid, and the old one is rightly gone.
 *
 * Elsewhere an hour is verified by a complete read that holds all that was delivered for it. Without unbroken live coverage
 * that says nothing of what nobody saw: then two spaced reads must agree, and three if they hold few events or none, because
 * empty and cut archive sessions are known faults of the server. What three spaced reads and the neighbours lack is accepted,
 * counted.
 * An hour to which the archive brought something was not covered, whatever the sessions tell: nothing else shows it.
 */
export function judge(evidence: Evidence, proof: Archive['proof'], now: number): Verdict {
  const { neighbours, delivered } = evidence
  const missed = evidence.covered && proof === 'agreeing reads' ? evidence.brought : 0
  const covered = evidence.covered && missed === 0
  const spaced = spacedApart(evidence.reads)
  const [last] = spaced
  const again = (reason: string): Verdict => ({
    state: 'suspect',
    nextReadAt: now + pauseAfter(evidence.tries),
    missed,
    reason: withMissed(reason, missed),
  })
  if (!last) return again('no read of the archive ended completely')
  const lacking = lackingIn(delivered, [last.uids, ...neighbours])
  const verified = (reason: string): Verdict => ({
    state: 'verified',
    lacking,
    missed,
    reason: withMissed(reason, missed),
  })
  if (proof === 'one read') return verified('it was read again as a whole')
  if (!covered) {
    const needed = neededReads(last)
    if (spaced.length < needed)
      return again(`${spaced.length} of ${needed} complete reads of the archive that must agree`)
    if (!spaced.slice(1, needed).every(read => sameUids(read.uids, last.uids)))
      return again('the reads of the archive differ')
  }
  if (lacking === 0) return verified(proofOf(covered, last))
  const lastThree = spaced.slice(0, ENOUGH_READS).map(read => read.uids)
  const accepted =
    lastThree.length === ENOUGH_READS && lackingIn(delivered, [...lastThree, ...neighbours]) === lacking
  const lacks = `the archive lacks ${lacking} of what was delivered`
  return accepted ? verified(`${lacks}, in ${ENOUGH_READS} reads`) : again(lacks)
}

const withMissed = (reason: string, missed: number): string =>
  missed > 0 ? `${reason}; the archive brought ${missed} that did not come live` : reason

const proofOf = (covered: boolean, { uids }: CompleteRead): string => {
  if (covered) return 'the archive was read and brought nothing more than live delivery'
  if (uids.length === 0) return 'three reads of the archive were empty'
  return `${neededReads({ uids }) === 2 ? 'two' : 'three'} reads of the archive agree`
}

const neededReads = ({ uids }: Pick<CompleteRead, 'uids'>): number =>
  uids.length < FEW_EVENTS * DIGEST_BYTES ? ENOUGH_READS : 2

/** Of an hour's complete reads, oldest first, those that no verdict looks at any more, whatever is read later. */
export function spentReads<Read extends ReadTimes>(reads: readonly Read[]): readonly Read[] {
  const oldest = spacedApart(reads)[ENOUGH_READS - 1]
  return oldest ? reads.slice(0, reads.indexOf(oldest)) : []
}

/** Those reads, newest first, that began long enough after the end of the one before. */
function spacedApart<Read extends ReadTimes>(reads: readonly Read[]): Read[] {
  const spaced: Read[] = []
  for (const read of reads.toReversed()) {
    const later = spaced.at(-1)
    if (!later || later.begunAt - read.endedAt >= SPACING_MS) spaced.push(read)
  }
  return spaced
}

const pauseAfter = (tries: number): number =>
  Math.min(LONGEST_PAUSE_MS, SPACING_MS * 2 ** Math.max(0, tries - ENOUGH_READS))

/** How many of the digests none of the others holds. */
function lackingIn(digests: Buffer, others: readonly Buffer[]): number {
  const held = digestSet()
  for (const other of others) held.add(other)
  const lacking = new Set<string>()
  for (let at = 0; at < digests.length; at += DIGEST_BYTES)
    if (!held.has(digests, at)) lacking.add(digests.toString('hex', at, at + DIGEST_BYTES))
  return lacking.size
}

const sameUids = (a: Buffer, b: Buffer): boolean => lackingIn(a, [b]) === 0 && lackingIn(b, [a]) === 0
