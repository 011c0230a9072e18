/** Frames over 4 MiB, of which a worker takes one at a time: what is made of one while it is mapped is several times its size. */
import type { RawEvent } from '../../pipeline.ts'
import type { Turns } from './turns.ts'

/** Of what no document names; larger frames are known, but rare. */
const LARGE_BYTES = 4 * 2 ** 20

export const hasLarge = (frames: readonly RawEvent[]): boolean =>
  frames.some(({ bytes }) => bytes.length > LARGE_BYTES)

/** What one session knows of large frames. */
export interface LargeFrames {
  /** So many bytes came off the connection. */
  came(bytes: number): void
  /** A whole message of so many bytes came. */
  ended(bytes: number): void
  /** These frames are delivered. */
  delivered(frames: readonly RawEvent[]): void
  /** Whether the connection may be read on: not while a large frame is being delivered, and not far into one out of turn. */
  mayRead(): boolean
  /** Ends the turn, if there is one: the session is over. */
  leave(): void
}

interface Listeners {
  /** `mayRead` may say something else. */
  changed(): void
  /** The turn is waited for, until the function that it gives is called. */
  patience(): () => void
}

export function largeFrames(turns: Turns, { changed, patience }: Listeners): LargeFrames {
  let unfinished = 0
  let isHere = false
  let turn: 'none' | 'asked' | 'mine' = 'none'
  let endTurn = () => {}

  function ask(): void {
    turn = 'asked'
    const came = patience()
    const end = turns.take(() => {
      turn = 'mine'
      came()
      changed()
    })
    endTurn = () => {
      came()
      end()
    }
    changed()
  }

  function leave(): void {
    turn = 'none'
    endTurn()
    changed()
  }

  return {
    came(bytes) {
      unfinished += bytes
      if (unfinished > LARGE_BYTES && turn === 'none') ask()
    },
    ended(bytes) {
      unfinished = 0
      if (bytes > LARGE_BYTES) isHere = true
      else if (!isHere && turn !== 'none') leave()
    },
    delivered(frames) {
      if (!hasLarge(frames)) return
      isHere = false
      leave()
    },
    mayRead: () => !isHere && turn !== 'asked',
    leave,
  }
}
