/** Notices when Proofpoint's events drift away from what the mapping knows. */
import { errorTable } from '../errors.ts'
import type { Kind, Mapper, RawEvent } from '../pipeline.ts'
import { printable } from '../printable.ts'
import type { Log } from './log.ts'

type OnUnknown = (kind: Kind, path: string) => void

/** How often each path was seen, by kind. A path is printable text of a bounded length. */
export type DriftCounts = ReadonlyMap<Kind, ReadonlyMap<string, number>>

export interface Drift {
  readonly counts: DriftCounts
  /** Counts one path of one event: unknown (`path`), or known with another JSON type (`path:type`). */
  readonly note: OnUnknown
  /**
   * The mapper that `make` makes, watched: each event is counted when it is first mapped, however often it is mapped again
   * to be sent again.
   */
  watch(make: (onUnknown: OnUnknown) => Mapper): Mapper
}

/** Keys are the sender's choice: without a limit they could take all memory. */
const MOST_PATHS = 100
const LONGEST_PATH = 256
/** Stands for all paths of a kind beyond the first hundred. */
export const OTHER_PATHS = '(other paths)'

/** `first` is told each path of each kind when it is seen first. */
export function drift(first: OnUnknown): Drift {
  const counts = new Map<Kind, Map<string, number>>()

  function note(kind: Kind, path: string): void {
    const ofKind = counts.get(kind) ?? new Map<string, number>()
    counts.set(kind, ofKind)
    const name = shown(path)
    const counted = ofKind.has(name) || ofKind.size < MOST_PATHS ? name : OTHER_PATHS
    const before = ofKind.get(counted)
    ofKind.set(counted, (before ?? 0) + 1)
    if (before === undefined) first(kind, counted)
  }

  function watch(make: (onUnknown: OnUnknown) => Mapper): Mapper {
    const told = new WeakSet<RawEvent>()
    const paths: string[] = []
    const mapper = make((_kind, path) => paths.push(path))
    // Around both ways of mapping, since a closure around each event is what is saved here (0014).
    const begin = () => {
      paths.length = 0
    }
    const end = (event: RawEvent) => {
      if (paths.length === 0 || told.has(event)) return
      told.add(event)
      for (const path of paths) note(event.kind, path)
    }
    const { write } = mapper
    return {
      ...mapper,
      map(event, mostBodyBytes) {
        begin()
        const record = mapper.map(event, mostBodyBytes)
        end(event)
        return record
      },
      ...(write && {
        write(event, out, mostBodyBytes) {
          begin()
          const written = write(event, out, mostBodyBytes)
          end(event)
          return written
        },
      }),
    }
  }

  return { counts, note, watch }
}

/** A copy: a slice would keep the whole of a long key in memory. */
const shown = (path: string): string =>
  Buffer.from(printable(path.slice(0, LONGEST_PATH)).slice(0, LONGEST_PATH)).toString()

const OTHER_FORM = /^(.*):(array|object|string|number|boolean|unreadable)$/

/** Tells the log what each new path means. */
export const driftLog =
  (log: Log): OnUnknown =>
  (kind, path) => {
    log.warn(
      { kind, path, code: 'mapping-drift' },
      `${kind}: ${meaning(path)} ${errorTable['mapping-drift'].operator}`,
    )
  }

function meaning(path: string): string {
  if (path === OTHER_PATHS)
    return `Proofpoint sends more than ${MOST_PATHS} fields that the mapping does not know; further ones are counted together.`
  const [, known, form] = OTHER_FORM.exec(path) ?? []
  if (known === undefined) return `Proofpoint sends a field that the mapping does not know: ${path}.`
  return form === 'unreadable'
    ? `Proofpoint sends the known field ${known} in a notation that the mapping does not read.`
    : `Proofpoint sends the known field ${known} in a form that the mapping does not take (${form}).`
}
