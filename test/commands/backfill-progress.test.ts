import { describe, expect, it } from 'vitest'
import { progressDisplay } from '../../src/commands/backfill-progress.ts'

function displayed(terminal: boolean) {
  let written = ''
  const display = progressDisplay(10, { write: text => (written += text), terminal })
  return { ...display, written: () => written }
}

describe('the progress of a backfill', () => {
  it('is a bar on a terminal, redrawn when it changes; an hour that was read once is half done', () => {
    const { show, end, written } = displayed(true)
    show({ waiting: 10, read: 0 })
    show({ waiting: 10, read: 0 })
    show({ waiting: 6, read: 2 })
    end()
    expect(written().split('\r\u001b[K')).toEqual([
      '',
      `[${'-'.repeat(30)}]   0 % 0 of 10 hours done, 0 more read once`,
      `[${'#'.repeat(15)}${'-'.repeat(15)}]  50 % 4 of 10 hours done, 2 more read once\n`,
    ])
  })

  it('makes room for a line of the log', () => {
    const { show, aside, written } = displayed(true)
    show({ waiting: 10, read: 0 })
    const bar = written()
    aside('a line\n')
    expect(written()).toBe(`${bar}\r\u001b[Ka line\n${bar.slice(bar.indexOf('[' + '-'))}`)
  })

  it('is a line now and then elsewhere: the first and the last at least', () => {
    const { show, end, written } = displayed(false)
    for (let waiting = 10; waiting >= 0; waiting--) show({ waiting, read: 0 })
    end()
    expect(written()).toBe('0 of 10 hours done, 0 more read once\n10 of 10 hours done, 0 more read once\n')
  })
})
