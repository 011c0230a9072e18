import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EventCutter, lineCutter } from '../../src/commands/map-input.ts'

const MIB = 2 ** 20

function* cut(cutter: EventCutter, chunks: Iterable<Buffer>) {
  for (const chunk of chunks) yield* cutter.push(chunk)
  yield* cutter.end()
}

test('lines come out whole wherever the chunks end', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '{', ' ', '\r', '"'), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(), { maxLength: 20 }), (lines, cuts) => {
      const input = Buffer.from(lines.join('\n'))
      const bounds = [0, ...cuts.map(at => at % (input.length + 1)), input.length].sort((a, b) => a - b)
      const chunks = bounds.slice(1).map((end, i) => input.subarray(bounds[i], end))
      const events = Array.from(cut(lineCutter('pod.audit'), chunks), ({ bytes }) => bytes.toString())
      expect(events).toEqual(lines.filter(text => text.trim() !== '').map(text => text.replace(/\r$/, '')))
    }),
  )
})

test('a line of 64 MiB is taken whole; of a longer one the beginning, and that is counted', () => {
  const cutter = lineCutter('pod.message')
  const megabyte = Buffer.alloc(MIB, 'x')
  const line = (megabytes: number) => Array.from({ length: megabytes }, () => megabyte)
  const chunks = [...line(64), Buffer.from('\n'), ...line(65), Buffer.from('yy\nnext')]
  const sizes: number[] = []
  for (const { bytes } of cut(cutter, chunks)) sizes.push(bytes.length)
  expect(sizes).toEqual([64 * MIB, 64 * MIB, 4])
  expect(cutter.cut).toBe(1)
})
