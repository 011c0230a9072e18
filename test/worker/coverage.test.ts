import { describe, expect, it } from 'vitest'
import { KnownError } from '../../src/errors.ts'
import { coverage } from '../../src/worker/coverage.ts'

function recorded({ refuses = 0 } = {}) {
  const entered: string[] = []
  const covered = coverage({
    sessionOpened: at => void entered.push(`opened ${at}`),
    suspectSince(reason) {
      if (refuses-- > 0) throw new KnownError('state-disk-failure', 'full')
      entered.push(reason)
    },
    suspectBetween: (from, to, reason) => void entered.push(`${from} to ${to}: ${reason}`),
  })
  return { entered, covered }
}

describe('the coverage of a stream', () => {
  it('is broken by a session that ended in any way but the clean ones', () => {
    for (const [error, reasons] of [
      [new KnownError('pod-dropped', 'reset'), ['reset']],
      [new KnownError('pod-silent', 'half-open'), ['half-open']],
      [new Error('internal'), ['internal']],
      [new KnownError('pod-closed', 'closed'), []],
      [new KnownError('delivery-blocked', 'blocked'), []],
    ] as const) {
      const { entered, covered } = recorded()
      covered.opened(1)
      covered.ended(error)
      covered.enter()
      covered.enter()
      expect(entered).toEqual(['opened 1', ...reasons])
    }
  })

  it('is not broken by a session that ended as it was asked to, nor by what fails before the next one opens', () => {
    const { entered, covered } = recorded()
    covered.opened(1, undefined)
    covered.ended()
    covered.ended(new KnownError('dns-failure', 'no name'))
    covered.enter()
    expect(entered).toEqual(['opened 1'])
  })

  it('is not broken by a session that never opened', () => {
    const { entered, covered } = recorded()
    covered.ended(new KnownError('dns-failure', 'no name'))
    covered.enter()
    expect(entered).toEqual([])
  })

  it('is broken by a pause that this process measured, whenever the last commit was, and by a clock that went back', () => {
    const hour = 3_600_000
    const { entered, covered } = recorded()
    covered.opened(10 * hour, 9 * hour)
    covered.opened(20 * hour, 18 * hour)
    covered.opened(20 * hour - 30_000, 20 * hour)
    covered.opened(2 * hour, 20 * hour)
    expect(entered).toEqual([
      `opened ${10 * hour}`,
      'no session was held for over an hour',
      `${18 * hour} to ${20 * hour + 1}: no session was held for over an hour`,
      `opened ${20 * hour}`,
      `opened ${20 * hour - 30_000}`,
      'the clock went back: nobody knows since when',
      `opened ${2 * hour}`,
    ])
  })

  it('is not broken by leaving a quiet stream, or one that a clock step was seen on', () => {
    const { entered, covered } = recorded()
    for (const code of ['pod-quiet', 'clock-stepped'] as const) {
      covered.opened(1)
      covered.ended(new KnownError(code, 'left'))
      covered.enter()
    }
    expect(entered).toEqual(['opened 1', 'opened 1'])
  })

  it('is broken while somebody else has the seat, even if our own session ended cleanly before', () => {
    for (const code of ['pod-session-stranger', 'pod-session-zombie'] as const) {
      const { entered, covered } = recorded()
      covered.opened(1)
      covered.ended(new KnownError('pod-closed', 'closed'))
      covered.enter()
      covered.ended(new KnownError(code, 'HTTP 409'))
      covered.enter()
      expect(entered).toEqual(['opened 1', 'HTTP 409'])
    }
  })

  it('is broken by a session that may have been opened unheard', () => {
    for (const code of ['pod-unanswered', 'clean-close-failed'] as const) {
      const { entered, covered } = recorded()
      covered.opened(1)
      covered.ended(new KnownError('pod-closed', 'closed'))
      covered.enter()
      covered.ended(new KnownError(code, 'no answer'))
      covered.enter()
      expect(entered).toEqual(['opened 1', 'no answer'])
    }
  })

  it('stays to be entered while the disk refuses it', () => {
    const { entered, covered } = recorded({ refuses: 1 })
    covered.opened(1)
    covered.ended(new KnownError('pod-dropped', 'reset'))
    expect(() => covered.enter()).toThrow('full')
    covered.enter()
    expect(entered).toEqual(['opened 1', 'reset'])
  })
})
