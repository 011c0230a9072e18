import { expect, it } from 'vitest'
import { errorTable } from '../src/errors.ts'

it.each([
  'pod-dropped',
  'pod-silent',
  'pod-broken-off',
  'pod-frame-too-big',
  'pod-unanswered',
  'clean-close-failed',
  'pod-gap',
] as const)('%s: the worker reads the hours again itself, and asks nobody to do it', code => {
  const { worker, operator } = errorTable[code]
  expect(worker).toContain('are suspect, and are read again from the archive')
  expect(operator).not.toMatch(/Note|you need/)
})

it('no remedy gives up repair without a word of its price', () => {
  for (const { operator } of Object.values(errorTable))
    expect(operator).not.toContain('PROOFPOINT_POD_REPAIR=never')
})

it('a remedy that asks for nothing does not read as a statement of what happened', () => {
  for (const { operator } of Object.values(errorTable))
    expect(operator).not.toMatch(/\bnothing([,:;.]| for )/i)
})
