import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/pipeline.ts'
import { mapEvent } from '../support/map-event.ts'

function severityOf(kind: Kind, event: object): [number | undefined, string | undefined] {
  const { severityNumber, severityText } = mapEvent(kind, { guid: 'g', id: 'i', ...event })
  return [severityNumber, severityText]
}

describe('TAP', () => {
  const time = '2024-06-24T21:18:38.000Z'
  const click = (classification?: string, threatStatus?: string) => ({
    clickTime: time,
    classification,
    threatStatus,
  })
  const message = (...threats: [classification?: string, threatStatus?: string][]) => ({
    messageTime: time,
    threatsInfoMap: threats.map(([classification, threatStatus]) => ({ classification, threatStatus })),
  })

  test.each<[Kind, object, number, string]>([
    ['tap.click.permitted', click('malware', 'active'), 19, 'ERROR3'],
    ['tap.click.permitted', click('MALWARE'), 19, 'ERROR3'],
    ['tap.click.permitted', click('phish', 'active'), 18, 'ERROR2'],
    ['tap.click.permitted', click('impostor', 'active'), 18, 'ERROR2'],
    ['tap.click.permitted', click('toad', 'active'), 18, 'ERROR2'],
    ['tap.click.permitted', click('something new', 'active'), 18, 'ERROR2'],
    ['tap.click.permitted', click(undefined, 'active'), 18, 'ERROR2'],
    ['tap.click.permitted', click('spam', 'active'), 14, 'WARN2'],
    ['tap.click.permitted', click('malware', 'falsePositive'), 9, 'INFO'],
    ['tap.click.blocked', click('malware', 'active'), 14, 'WARN2'],
    ['tap.click.blocked', click('phish', 'active'), 14, 'WARN2'],
    ['tap.click.blocked', click('spam', 'active'), 10, 'INFO2'],
    ['tap.click.blocked', click('malware', 'cleared'), 9, 'INFO'],
    ['tap.message.delivered', message(['malware', 'active']), 18, 'ERROR2'],
    ['tap.message.delivered', message(['spam', 'active'], ['Malware']), 18, 'ERROR2'],
    ['tap.message.delivered', message(['phish', 'active'], ['malware', 'cleared']), 17, 'ERROR'],
    ['tap.message.delivered', message(['spam', 'active'], ['toad', 'active']), 17, 'ERROR'],
    ['tap.message.delivered', message(['spam', 'active']), 13, 'WARN'],
    ['tap.message.delivered', message(['malware', 'expired']), 9, 'INFO'],
    ['tap.message.delivered', message(), 9, 'INFO'],
    ['tap.message.blocked', message(['malware', 'active']), 14, 'WARN2'],
    ['tap.message.blocked', message(['impostor', 'active']), 13, 'WARN'],
    ['tap.message.blocked', message(['spam', 'active']), 10, 'INFO2'],
    ['tap.message.blocked', message(['phish', 'falsepositive']), 9, 'INFO'],
  ])('%s %j has %i %s', (kind, event, number, text) => {
    expect(severityOf(kind, event)).toEqual([number, text])
  })
})

describe('PoD message', () => {
  const ts = '2024-05-22T12:10:03.058340-0700'
  const virus = { modules: { av: { virusNames: ['Eicar'] } } }
  const phish = { modules: { spam: { triggeredClassifier: 'Phish' } } }
  const sandbox = { msgParts: [{ sandboxStatus: null }, { sandboxStatus: 'THREAT' }] }

  test.each<[object, number, string]>([
    [{ filter: { ...virus, disposition: 'continue' } }, 17, 'ERROR'],
    [{ filter: { ...virus, disposition: 'retry' } }, 17, 'ERROR'],
    [{ filter: { ...virus, disposition: 'discard' } }, 13, 'WARN'],
    [{ filter: { ...virus, disposition: 'continue', quarantine: { folder: 'Virus' } } }, 13, 'WARN'],
    [{ ...sandbox, filter: { disposition: 'accept' } }, 17, 'ERROR'],
    [{ ...sandbox, filter: { disposition: 'Reject' } }, 13, 'WARN'],
    [{ filter: { ...phish, disposition: 'continue' } }, 13, 'WARN'],
    [{ filter: { ...phish, disposition: 'quarantine' } }, 10, 'INFO2'],
    [{ filter: { modules: { spam: { triggeredClassifier: 'bulk' } } } }, 9, 'INFO'],
    [{ filter: { disposition: 'discard' } }, 10, 'INFO2'],
    [{ filter: { disposition: 'retry' } }, 10, 'INFO2'],
    [{ filter: { disposition: 'continue' } }, 9, 'INFO'],
    [{ filter: { modules: { av: { virusNames: [''] } } } }, 9, 'INFO'],
    [{}, 9, 'INFO'],
  ])('%j has %i %s', (event, number, text) => {
    expect(severityOf('pod.message', { ts, ...event })).toEqual([number, text])
  })
})

describe('PoD maillog', () => {
  test.each<[object, number, string]>([
    [{ dsn: '5.1.1', stat: 'User unknown' }, 17, 'ERROR'],
    [{ dsn: '4.4.1', stat: 'Deferred: timeout' }, 13, 'WARN'],
    [{ stat: 'deferred' }, 13, 'WARN'],
    [{ dsn: '2.0.0', stat: 'Sent' }, 9, 'INFO'],
    [{}, 9, 'INFO'],
  ])('%j has %i %s', (sm, number, text) => {
    expect(severityOf('pod.maillog', { ts: '2024-05-22T12:10:03.058340-0700', sm })).toEqual([number, text])
  })
})

describe('PoD audit', () => {
  const failure = { action: 'login', tags: [{ name: 'login.authorization', value: 'false' }] }

  test.each<[object, number, string]>([
    [{ level: 'TRACE' }, 1, 'TRACE'],
    [{ level: 'DEBUG' }, 5, 'DEBUG'],
    [{ level: 'info' }, 9, 'info'],
    [{ level: 'NOTICE' }, 10, 'NOTICE'],
    [{ level: 'WARN' }, 13, 'WARN'],
    [{ level: 'WARNING' }, 13, 'WARNING'],
    [{ level: 'ERROR' }, 17, 'ERROR'],
    [{ level: 'CRITICAL' }, 18, 'CRITICAL'],
    [{ level: 'ALERT' }, 19, 'ALERT'],
    [{ level: 'FATAL' }, 21, 'FATAL'],
    [{ level: 'EMERGENCY' }, 21, 'EMERGENCY'],
    [{ level: 'Verbose' }, 9, 'Verbose'],
    [{}, 9, 'INFO'],
    [{ level: 'INFO', ...failure }, 13, 'INFO'],
    [{ level: 'ERROR', ...failure }, 17, 'ERROR'],
  ])('%j has %i %s', (audit, number, text) => {
    expect(severityOf('pod.audit', { ts: '2024-05-22T19:10:03.058340+0000', audit })).toEqual([number, text])
  })
})

test('an event of which something could not be read is WARN at least', () => {
  expect(severityOf('pod.message', {})).toEqual([13, 'WARN'])
  expect(severityOf('pod.maillog', { sm: { dsn: '5.0.0' } })).toEqual([17, 'ERROR'])
  expect(severityOf('tap.unknown', { id: 'x' })).toEqual([13, 'WARN'])
  expect(severityOf('pod.maillog', { ts: '2024-05-22T12:10:03Z', id: 5 })).toEqual([13, 'WARN'])
})
