/** What the log says of hours after an absence of 40 days, on a real ledger. */
import { describe, expect, it } from 'vitest'
import { workerLog } from '../../src/operations/log.ts'
import { dueHours } from '../../src/worker/repair.ts'
import { tellLost, tellVerdict } from '../../src/worker/repair-telling.ts'
import { begun, DAY, plusHours, START, STREAM } from '../state/begun.ts'

/** A worker's log, and its lines as they were parsed. */
function logLines() {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => lines.push(JSON.parse(line)) }
  return { lines, log: workerLog({ level: 'info', format: 'json', colour: false, destination }) }
}

const never = new AbortController().signal

/** The hours that become due of a stream that was opened again after some days. */
function away(days: number) {
  const { ledger, clock, open } = begun()
  open()
  clock.moveTo(START + days * DAY)
  open()
  const { lines, log } = logLines()
  const lane = { stream: STREAM, ledger, repair: 'suspect' as const, clock, log }
  const next = dueHours({ ...lane, ...unused })
  return { ledger, clock, lines, next }
}

const unused = {
  sourceOf: fail,
  mayBeUnsupported: false,
  refusedSince: new Map(),
  mapper: { map: fail, uid: fail, text: fail },
  exporter: { export: fail, close: fail },
  state: { cursor: fail, commit: fail },
}

function fail(): never {
  throw new Error('nothing is read')
}

describe('after 40 days away', () => {
  it('one line names the hours that are lost and why, and one how many are to be read', async () => {
    const { lines, next } = away(40)
    await next(never)
    const [lost, toRead, ...others] = lines
    expect(lost).toMatchObject({ code: 'hour-lost', hours: 241, hour: nameOf(START) })
    expect(lost?.['msg']).toContain(
      `${STREAM}: 241 hours, ${nameOf(START)} to ${nameOf(START + 10 * DAY)} (the archive keeps no older ones): `,
    )
    expect(toRead).toMatchObject({
      hours: 720,
      msg: `${STREAM}: 720 hours are to be read again from the archive`,
    })
    expect(others).toEqual([])
  })
})

describe('how many hours are to be read', () => {
  it('is told again when they are more, and not when they are fewer', async () => {
    const { ledger, lines, next, clock } = away(0.1)
    clock.moveTo(START + DAY)
    await next(never)
    expect(lines.map(line => line['hours'])).toEqual([3])
    ledger.lose(START, 'refused')
    await next(never)
    expect(lines).toHaveLength(1)
    ledger.suspectBetween(plusHours(5), plusHours(6), 'a reset')
    await next(never)
    expect(lines.map(line => line['hours'])).toEqual([3, 3])
  })
})

describe('lost hours', () => {
  it('that do not follow each other are told one by one', () => {
    const { lines, log } = logLines()
    const hours = [0, 1, 2, 4, 6, 7].map(hour => plusHours(hour))
    tellLost({ stream: STREAM, log, repair: 'suspect', ledger: { toRead: fail } }, hours, 'gone')
    expect(lines.map(line => [line['hour'], line['hours']])).toEqual([
      [nameOf(START), 3],
      [nameOf(plusHours(4)), 1],
      [nameOf(plusHours(6)), 2],
    ])
  })
})

describe('an hour that was judged', () => {
  it.each([
    [0, 30],
    [2, 40],
  ])('of which live delivery missed %d records is told at level %d', (missed, level) => {
    const { lines, log } = logLines()
    const told = { stream: STREAM, log, repair: 'suspect' as const, ledger: { toRead: fail } }
    tellVerdict(told, START, { state: 'verified', lacking: 0, missed, reason: 'two reads agree' })
    tellVerdict(told, START, { state: 'suspect', nextReadAt: START, missed, reason: 'one read' })
    expect(lines.map(line => line['level'])).toEqual([level, level])
    expect(lines.map(line => line['missed'])).toEqual(missed > 0 ? [missed, missed] : [undefined, undefined])
  })
})

const nameOf = (hour: number) => `${new Date(hour).toISOString().slice(0, 13)}:00Z`
