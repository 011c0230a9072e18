import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fieldsPage } from '../../src/mapping/fields-doc.ts'
import { severity } from '../../src/mapping/severity.ts'
import { tables } from '../../src/mapping/tables.ts'

const page = fieldsPage()

test('the page has a line for each row, and a cell for each column', () => {
  const lines = page.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| ---'))
  const cells = new Set(lines.map(line => line.replaceAll('\\|', '').split('|').length))
  expect(cells).toEqual(new Set([13, 6, 7]))
  for (const kind of [
    'pod.message',
    'pod.maillog',
    'pod.audit',
    'tap.message.delivered',
    'tap.click.permitted',
  ] as const) {
    for (const { to } of tables[kind].rows) if (to) expect(page).toContain(`\`${to}\``)
  }
})

test('a row says where it comes from, what it means and what others call it', () => {
  expect(page).toContain(
    '| `connection.ip` | `client.address` | `string` | The address that connected: the sending host; on a click the user who clicked. | `"192.0.2.1"` | OTel | C | valid IPv4 or IPv6 | source.ip | src_endpoint.ip | ips |',
  )
})

test('docs/fields.md is this page', () => {
  expect(readFileSync(new URL('../../docs/fields.md', import.meta.url), 'utf8')).toBe(page)
})

test('each case of the severity is told with its number, text and condition, an unconditional one last', () => {
  for (const [kind, { severity: decided }] of Object.entries(tables)) {
    const { cases } = decided.rule
    for (const { when, gives } of cases) {
      expect(gives).toEqual(severity(gives.number))
      expect(page).toContain(`| \`proofpoint.${kind}\` | ${gives.number} | ${gives.text} | ${when} |`)
    }
    expect(cases.at(-1)?.when).toMatch(/^(?:else|no active threat)$/)
  }
})

test('the two kinds of a table share their lines', () => {
  expect(page).toContain('`delivered` or `blocked`')
  expect(page).toContain('`permitted` or `blocked`')
})
