import { describe, expect, it } from 'vitest'
import { KnownError } from '../../src/errors.ts'
import { patience } from '../../src/state/patience.ts'
import { never } from './receipts.ts'

const full = new KnownError('state-disk-failure', 'the disk is full')
const noRoom = new KnownError('dead-letters-full', 'no room')

function recorded() {
  const said: string[] = []
  const patiently = patience({
    onTrouble: (error, { streams }) => said.push(`${streams.join(' and ')}: ${error.message}`),
    onRecovery: (code, ms) => said.push(ms > 0 ? `recovered: ${code}` : 'recovered at once'),
  })
  return { said, patiently }
}

const failing = (times: number, error = full) => {
  let tries = 0
  return () => {
    if (tries++ < times) throw error
  }
}

describe('patience', () => {
  it('says nothing when the disk takes the first try', async () => {
    const { said, patiently } = recorded()
    await patiently('a', failing(0), never)
    expect(said).toEqual([])
  })

  it('says once that several wait, and once that none does any more', async () => {
    const { said, patiently } = recorded()
    await Promise.all([patiently('a', failing(1), never), patiently('b', failing(1), never)])
    expect(said).toEqual(['a: the disk is full', 'recovered: state-disk-failure'])
  })

  it('tells each trouble by itself with the stream that it holds, and its end while another lasts', async () => {
    const { said, patiently } = recorded()
    const abort = new AbortController()
    const waiting = patiently('a', failing(Number.POSITIVE_INFINITY, noRoom), abort.signal)
    await patiently('b', failing(1), never)
    expect(said).toEqual(['a: no room', 'b: the disk is full', 'recovered: state-disk-failure'])
    abort.abort(new Error('time is up'))
    await expect(waiting).rejects.toThrow('time is up')
    expect(said).toHaveLength(3)
  })

  it('tells both troubles of a write that meets one after the other, and their ends when it is written', async () => {
    const { said, patiently } = recorded()
    const afterwards = failing(1)
    const room = failing(1, noRoom)
    const both = () => {
      room()
      afterwards()
    }
    await patiently('a', both, never)
    expect(said).toEqual([
      'a: no room',
      'a: the disk is full',
      'recovered: dead-letters-full',
      'recovered: state-disk-failure',
    ])
  })

  it('tries a last time when it is aborted, and ends with its reason if that fails', async () => {
    const { said, patiently } = recorded()
    const abort = new AbortController()
    const [first, second] = [
      patiently('a', failing(2), abort.signal),
      patiently('a', failing(1), abort.signal),
    ]
    abort.abort(new Error('time is up'))
    await expect(first).rejects.toThrow('time is up')
    await second
    expect(said[0]).toBe('a: the disk is full')
  })

  it('tries once even if it is aborted before', async () => {
    const { patiently } = recorded()
    await patiently('a', failing(0), AbortSignal.abort())
    await expect(patiently('a', failing(1), AbortSignal.abort(new Error('too late')))).rejects.toThrow(
      'too late',
    )
  })

  it('does not wait for a fault of the program', async () => {
    const { said, patiently } = recorded()
    const fault = () => {
      throw new TypeError('a fault')
    }
    await expect(patiently('a', fault, never)).rejects.toThrow('a fault')
    expect(said).toEqual([])
  })
})
