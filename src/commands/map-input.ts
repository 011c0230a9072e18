/** Cuts the input of `map` into events while it arrives. Holds one event and one chunk. */

import { BLANK, CARRIAGE_RETURN, LINE_FEED, TAB } from '../ascii.ts'
import { KnownError } from '../errors.ts'
import type { Kind, RawEvent } from '../pipeline.ts'
import { printable } from '../printable.ts'
import { elementScanner } from '../proofpoint/tap/elements.ts'
import { kindOfArray } from '../proofpoint/tap/pages.ts'
import { CommandError, exitCode } from './outside.ts'

export type MapEvent = Pick<RawEvent, 'kind' | 'bytes'>

export interface EventCutter {
  /** The events that are complete with this chunk. They may share its memory. */
  push(chunk: Buffer): Iterable<MapEvent>
  /** What is left after the last chunk. */
  end(): Iterable<MapEvent>
  /** How many events were longer than 64 MiB: the rest of these was passed over. */
  readonly cut: number
}

const LONGEST_LINE = 64 * 2 ** 20

/** Each line is an event of `kind`, whatever it holds; blank lines are none. The last needs no line break. */
export function lineCutter(kind: Kind): EventCutter {
  let parts: Buffer[] = []
  let size = 0
  let isLineCut = false
  let cut = 0

  function take(part: Buffer): void {
    const room = LONGEST_LINE - size
    if (part.length > room && !isLineCut) {
      isLineCut = true
      cut++
    }
    if (room === 0) return
    const taken = part.subarray(0, room)
    parts.push(taken)
    size += taken.length
  }

  function* line(): Generator<MapEvent> {
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    parts = []
    size = 0
    isLineCut = false
    if (!isBlank(bytes)) yield { kind, bytes: withoutReturn(bytes) }
  }

  function* push(chunk: Buffer): Generator<MapEvent> {
    let from = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      take(chunk.subarray(from, end))
      from = end + 1
      yield* line()
    }
    take(chunk.subarray(from))
  }

  return {
    push,
    end: line,
    get cut() {
      return cut
    },
  }
}

const isBlank = (line: Buffer): boolean =>
  line.every(byte => byte === BLANK || byte === TAB || byte === CARRIAGE_RETURN)

const withoutReturn = (line: Buffer): Buffer =>
  line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line

/**
 * Answers of the TAP SIEM API, any number of them, however they are broken into lines: each element of their arrays is an
 * event, its kind found by the name of the array. Throws a `CommandError` when the input is something else or breaks off.
 */
export function answerCutter(): EventCutter {
  let isAnswer = false
  const scanner = elementScanner({
    manyAnswers: true,
    onMember: name => {
      isAnswer ||= name === 'queryEndTime' || kindOfArray(name) !== 'tap.unknown'
    },
  })
  return {
    cut: 0,
    *push(chunk) {
      try {
        for (const { array, bytes } of scanner.push(chunk)) {
          if (!isAnswer)
            throw noAnswer(
              `its first member that could hold events is ${JSON.stringify(printable(array.slice(0, 256)))}`,
            )
          yield { kind: kindOfArray(array), bytes }
        }
      } catch (error) {
        throw error instanceof KnownError ? noAnswer(error.message) : error
      }
    },
    end() {
      try {
        scanner.end()
      } catch (error) {
        throw error instanceof KnownError ? noAnswer(error.message) : error
      }
      return []
    },
  }
}

const noAnswer = (detail: string): CommandError =>
  new CommandError(
    exitCode.settings,
    `map: the input is not a whole answer of the TAP SIEM API: ${detail}. For one event a line give --kind.`,
  )
