/** What V8 is told about its heap, which it would else find out too late, or wrongly (0014). */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { deadline } from './clock.ts'

/** To be called once, at the start. */
export function setHeap(): void {
  growNursery()
  keepNursery()
  // Left to itself V8 may let what is dead lie for many seconds, in one start of six: tens of MB of what sockets read.
  setFlagsFromString('--heap-growing-percent=25')
  // While the program starts much is made that stays, which says nothing about what is made later.
  setFlagsFromString('--no-allocation-site-pretenuring')
  // The middle one of V8's compilers takes 11 MB, and saves nothing over the two around it.
  setFlagsFromString('--no-maglev')
}

/**
 * V8's nursery, where objects begin, is 1 MiB at first and grows when much outlives a collection: so often times, to 4 MiB, or to
 * what V8 allows under a limit of memory. Few objects outlive their page, so that its size decides how much collecting costs.
 */
const GROWTH = 4
const GROWN_BYTES = 1.5 * 2 ** 20
/** Several times what makes it grow. */
const MOST_OBJECTS = 200_000
const OBJECTS_AT_ONCE = 1_000

/**
 * Makes it grow once. V8 takes its size from the command line only: so as much as makes it grow is made here, and let go, in some
 * milliseconds.
 */
function growNursery(): void {
  setFlagsFromString(`--semi-space-growth-factor=${GROWTH}`)
  const kept: object[] = []
  while (!isGrown() && kept.length < MOST_OBJECTS) for (let i = 0; i < OBJECTS_AT_ONCE; i++) kept.push({ i })
  setFlagsFromString('--semi-space-growth-factor=1')
}

function isGrown(): boolean {
  const nursery = getHeapSpaceStatistics().find(space => space.space_name === 'new_space')
  return nursery !== undefined && nursery.space_used_size + nursery.space_available_size > GROWN_BYTES
}

const LOOK_MS = 1_000
/** Of the time. In a quiet one V8 makes the nursery small again, and it may be so. */
const BUSY = 0.1

function keepNursery(): void {
  let before = performance.eventLoopUtilization()
  const look = () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    if (utilization > BUSY && !isGrown()) growNursery()
    lookLater()
  }
  const lookLater = () => deadline(LOOK_MS).addEventListener('abort', look)
  lookLater()
}
