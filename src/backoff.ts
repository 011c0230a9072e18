/** Full jitter: a random time between nothing and `firstMs` doubled with each attempt (the first is 0), at most `mostMs`. */
export const backoff = (attempt: number, mostMs: number, firstMs = 1_000): number =>
  Math.random() * Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30))
