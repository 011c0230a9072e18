import { describe, expect, it } from 'vitest'
import { coverage } from '../../src/commands/coverage.ts'
import { KnownError } from '../../src/errors.ts'

function recorded({ refuses = 0 } = {}) {
  const entered: string[] = []
  const covered = coverage({
    sessionOpened: at => void entered.push(`opened ${at}`),
    suspectSince(reason) {
      if (refuses-- > 0) throw new KnownError('state-disk-failure', 'full')
      entered.push(reason)
    },
  })
  return { entered, covered }
}

describe('the coverage of a stream', () => {
  it('is broken by a session that ended in any way but the two clean ones', () => {
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

  it('is not broken by a session that never opened', () => {
    const { entered, covered } = recorded()
    covered.ended(new KnownError('dns-failure', 'no name'))
    covered.enter()
    expect(entered).toEqual([])
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
