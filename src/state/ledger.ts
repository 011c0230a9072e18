/** What is proven of each UTC hour of a stream, and what has to be read again. All times are ms since 1970, virtual. */

/**
 * `live`: covered by unbroken live delivery. `suspect`: that is not proven. `verified`: the archive was read for it and
 * brought nothing more. `lost`: the archive cannot give it. `unknown`: nothing is recorded of it.
 */
export type HourState = 'live' | 'suspect' | 'verified' | 'lost' | 'unknown'

/** One reading of one hour from the archive; pages name it in `Page.read`. */
export type ReadId = number

/** `complete`: the server ended it itself with close code 1000. */
export type ReadEnd = 'complete' | 'broken'

/**
 * What the reads of an hour prove together. The reason is for people. `missed`: records of the hour that the archive brought,
 * though live delivery was unbroken as far as its sessions tell, and has gone on until the latest of its events had come.
 */
export type Verdict =
  /** `lacking`: uids that were delivered for the hour and that the archive does not hold, however often it is asked. */
  | {
      readonly state: 'verified'
      readonly lacking: number
      readonly missed: number
      readonly reason: string
    }
  | {
      readonly state: 'suspect'
      readonly nextReadAt: number
      readonly missed: number
      readonly reason: string
    }

/** What the hours of a stream are read again from, and how far that is believed. Durations in ms. */
export interface Archive {
  /** An hour can be read so long after its end. `lateness`: how late events of the stream may come, an hour at least. */
  readonly settlesIn: (lateness: number) => number
  readonly keepsMs: number
  /** `agreeing reads`: it is known to answer with less than it holds; `one read`: a whole answer is the truth. */
  readonly proof: 'agreeing reads' | 'one read'
}

/** Which hours are read again beside those that were asked for by hand: none, those that are not proven, or all. */
export type Repair = 'never' | 'suspect' | 'always'

export interface DueHour {
  readonly hour: number
  /** What was asked for by hand waits until nothing is to be repaired. */
  readonly purpose: 'repair' | 'backfill'
}

/**
 * The ledger of one stream. Each method is one transaction and throws KnownError `state-disk-failure` when the disk
 * refuses it; suspicions outlive a power cut.
 */
export interface HourLedger {
  /**
   * A live session is open: coverage begins or goes on. Every hour from the begin of an open suspicion to that of `at`
   * becomes suspect. More than an hour after the last live commit it is a suspicion by itself: so call it before the
   * session's first page is committed, and let an idle session commit an empty page now and then.
   */
  sessionOpened(at: number): void
  /**
   * Opens a suspicion that lasts until the next session opens: an unclean close, or anything else by which received
   * frames may be missing. It begins generously: with the earlier of the newest committed event and the last live commit,
   * less the lateness margin.
   */
  suspectSince(reason: string): void
  /**
   * Each hour that touches `from` (inclusive) to `to` (exclusive) must be read, unless it was verified without the help of
   * live delivery, and later than events come as far as is known now.
   */
  suspectBetween(from: number, to: number, reason: string): void
  /**
   * All events created before `ms` have been asked for (TAP's settled point). Such a stream has no sessions. When that falls
   * back, hours that could not have been read yet by the time `ms` are suspect again, whatever was judged of them.
   */
  settled(ms: number): void
  /**
   * Asks by hand for each hour that touches `from` (inclusive) to `to` (exclusive), but those of which there is nothing to
   * bring (`askingFor`) or that the archive keeps no more; returns how many. They are due until they are verified or lost,
   * whatever happens to the process. Also of a stream that the archive was said not to serve: that is tried again.
   */
  ask(from: number, to: number): number
  /**
   * Notes the first start of the stream, which is now, and asks for the hours from `from` on to it, with the priority of a
   * repair. Does nothing when the stream has state, or had one that was set aside. Returns the first hour that is asked for.
   */
  startFrom(from: number): number | undefined
  /**
   * The hour that has to be read and can be read now: settled, and its next read due. The oldest that is to be repaired;
   * without one, the oldest that was asked for by hand.
   */
  due(now: number, repair: Repair): DueHour | undefined
  /** How many hours will be read again, as things stand. */
  toRead(repair: Repair): number
  /** The oldest hour that will be read again, as things stand. */
  oldestToRead(repair: Repair): number | undefined
  /** When `due` gives an hour at the earliest, as things stand; undefined while nothing waits to be read. */
  nextDueAt(repair: Repair): number | undefined
  /** Suspect hours that the archive no longer has become lost; returns those, to be told loudly. */
  expire(now: number): readonly number[]
  /** Begins a read. Pages of the repair lane carry the id, so that their commits add what they held. */
  beginRead(hour: number): ReadId
  /** Ends it, its last page committed, and judges the hour. */
  endRead(id: ReadId, end: ReadEnd): Verdict
  /** The archive refuses the hour, or the source cannot give it any more. */
  lose(hour: number, reason: string): void
  /** The archive does not serve this stream at all: its hours stay as they are, and nothing is due any more. */
  unsupported(reason: string): void
  /** Whether the event of this uid was delivered, or is kept as a dead letter: for `Page.known` of the repair lane. */
  known(uid: string): boolean
}
