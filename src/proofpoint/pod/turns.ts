/** One thing at a time, in the order in which it was asked for: frames that are so large that two would take too much memory. */
export interface Turns {
  /**
   * Calls `taken` when it is the caller's turn, at once if it is nobody's. The function that it gives ends the turn, or the
   * waiting for it; calling it again does nothing.
   */
  take(taken: () => void): () => void
}

export function turns(): Turns {
  /** The first has the turn. */
  const queue = new Set<() => void>()
  return {
    take(taken) {
      const place = () => taken()
      queue.add(place)
      if (queue.size === 1) place()
      return () => {
        const [first] = queue
        queue.delete(place)
        if (first !== place) return
        const [next] = queue
        next?.()
      }
    },
  }
}
