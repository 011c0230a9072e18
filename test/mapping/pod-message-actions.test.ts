import { expect, test } from 'vitest'
import { attributesOf } from '../support/map-event.ts'

const ts = '2024-05-22T12:10:03.058340-0700'

test('actions of the Splunk add-on are appended, unless they are there', () => {
  const clean = { module: 'dmarc', rule: 'none', action: 'continue' }
  const {
    'proofpoint.pod.action.modules': modules,
    'proofpoint.pod.action.rules': rules,
    ...rest
  } = attributesOf('pod.message', {
    ts,
    guid: 'g',
    filter: { actions: [clean, clean] },
    action_dmarc: clean,
    action_spf: [{ module: 'spf', rule: 'pass', action: 'continue' }],
    final_rule: 'pass',
    final_module: 'SPF',
    final_action: 'continue',
  })
  expect(modules).toEqual(['dmarc', 'dmarc', 'spf'])
  expect(rules).toEqual(['none', 'none', 'pass'])
  expect(rest).toEqual({
    'proofpoint.message.guid': 'g',
    'proofpoint.pod.action.types': ['continue', 'continue', 'continue'],
    'security_rule.name': 'pass',
    'security_rule.ruleset.name': 'spf',
    'proofpoint.pod.final_action': 'continue',
  })
})

test('the action with isFinal goes before what the Splunk add-on says', () => {
  const facts = attributesOf('pod.message', {
    ts,
    filter: { actions: [{ module: 'spam', rule: 'phish', action: 'quarantine', isFinal: true }] },
    final_rule: 'other',
    final_module: 'other',
    final_action: 'other',
  })
  expect(facts).toMatchObject({
    'security_rule.name': 'phish',
    'security_rule.ruleset.name': 'spam',
    'proofpoint.pod.final_action': 'quarantine',
  })
})
