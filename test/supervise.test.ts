import { describe, expect, it } from 'vitest'
import { real } from '../src/clock.ts'
import { KnownError } from '../src/errors.ts'
import { type Failure, supervise } from '../src/supervise.ts'

const supervised = () => {
  const failures: Failure[] = []
  const stop = new AbortController()
  return {
    failures,
    stop,
    supervision: {
      stop: stop.signal,
      failed: (failure: Failure) => void failures.push(failure),
      clock: real,
    },
  }
}

describe('supervise', () => {
  it('runs again what throws, says each failure once, and ends with the run that ends', async () => {
    const { failures, supervision } = supervised()
    let runs = 0
    const end = await supervise(
      'a stream',
      async () => {
        if (++runs < 3) throw new KnownError('pod-dropped', `drop ${runs}`)
      },
      supervision,
    )
    expect(end).toBeUndefined()
    expect(runs).toBe(3)
    expect(failures).toMatchObject([
      { stream: 'a stream', error: { message: 'drop 1' }, waitingHelps: true },
      { stream: 'a stream', error: { message: 'drop 2' }, waitingHelps: true },
    ])
    expect(failures[0]!.nextTryMs).toBeLessThanOrEqual(1_000)
    expect(failures[1]!.nextTryMs).toBeLessThanOrEqual(2_000)
  })

  it('never lets a run overlap the one before', async () => {
    const { supervision } = supervised()
    let running = 0
    let most = 0
    let runs = 0
    await supervise(
      'a stream',
      async () => {
        most = Math.max(most, ++running)
        await new Promise(resolve => setImmediate(resolve))
        running--
        if (++runs < 3) throw new Error('again')
      },
      supervision,
    )
    expect(most).toBe(1)
  })

  it('waits at least as long as the other side asks, and ends at once when it is stopped meanwhile', async () => {
    const { failures, stop, supervision } = supervised()
    const supervising = supervise(
      'a stream',
      async () => {
        throw new KnownError('tap-quota', 'slow down', { afterMs: 3_600_000 })
      },
      supervision,
    )
    await expect.poll(() => failures.length).toBe(1)
    expect(failures[0]!.nextTryMs).toBe(3_600_000)
    stop.abort()
    await expect(supervising).resolves.toBeUndefined()
  })

  it('tells where waiting does not help', async () => {
    const { failures, stop, supervision } = supervised()
    const supervising = supervise(
      'a stream',
      async () => {
        throw new KnownError('pod-unauthorized', 'HTTP 401')
      },
      supervision,
    )
    await expect.poll(() => failures.length).toBeGreaterThan(0)
    expect(failures[0]!.waitingHelps).toBe(false)
    stop.abort()
    await supervising
  })

  it('gives the error of a run that fails while it is stopped, because something may be undelivered', async () => {
    const { failures, stop, supervision } = supervised()
    const error = new KnownError('clean-close-failed', 'no close frame')
    const end = await supervise(
      'a stream',
      async () => {
        stop.abort()
        throw error
      },
      supervision,
    )
    expect(end).toBe(error)
    expect(failures).toEqual([])
  })
})
