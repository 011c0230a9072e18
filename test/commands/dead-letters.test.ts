import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { opened } from '../state/directories.ts'
import { startWorker } from '../state/processes.ts'
import { never, receiptOf } from '../state/receipts.ts'
import { command, commandResult, type RunningCommand } from '../support/command.ts'
import { judgingCollector } from '../support/judging-collector.ts'
import { logOf, simulated, stateDirectory, worker } from '../support/worker.ts'

const soon = { timeout: 20_000, interval: 50 }

const audit = (guid: string, filling = ''): string =>
  JSON.stringify({ guid, ts: '2026-11-22T10:00:00.000000+0000', audit: { action: 'login', filling } })

/** A worker on a silent Proofpoint, and a collector that refuses what has a word in it that is refused at the time. */
async function rehearsal(env: Readonly<Record<string, string>> = {}) {
  const refused = new Set(['poison'])
  let busy = false
  const simulator = await simulated({ rates: {} })
  const collector = await judgingCollector(bodies => {
    if (busy && bodies.length > 0) return { status: 503 }
    return { status: bodies.some(body => [...refused].some(word => body.includes(word))) ? 400 : 200 }
  })
  const state = stateDirectory()
  const otel = {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector.url).origin,
  }
  const workers: RunningCommand[] = []
  const started = () => {
    const running = worker({
      simulator,
      state: state.path,
      collector: new URL(collector.url).origin,
      env: { ...otel, PROOFPOINT_POD_STREAMS: 'message,audit', ...env },
    })
    workers.push(running)
    return running
  }
  const running = started()
  onTestFinished(async () => {
    for (const each of workers) await each[Symbol.asyncDispose]()
    await collector[Symbol.asyncDispose]()
    await simulator.close()
    state[Symbol.dispose]()
  })
  await expect.poll(() => simulator.sessions().length, soon).toBe(2)
  /** `dead-letters`, told nothing but where the state is and the collector. */
  const deadLetters = (...args: string[]) =>
    commandResult(['dead-letters', ...args], { PROOFPOINT_STATE_DIR: state.path, ...otel })
  return {
    simulator,
    collector,
    running,
    refused,
    deadLetters,
    started,
    directory: state.path,
    send: (text: string, type: 'audit' | 'message' = 'audit') => simulator.inject(type, Buffer.from(text)),
    setBusy: (value: boolean) => {
      busy = value
    },
    ids: async () => {
      const { out } = await deadLetters('export')
      return out
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line).id)
    },
    reportOf: async () =>
      JSON.parse((await commandResult(['report', '--json'], { PROOFPOINT_STATE_DIR: state.path })).out),
    stopped: async () => {
      running.signal('SIGTERM')
      return await running.ended
    },
  }
}

interface HourCounts {
  readonly delivered: number
  readonly deadLettered: number
}

const becameOne = { msg: expect.stringContaining('became a dead letter') }

describe('one bad record in a batch of 512', () => {
  it('is found in 2 log2(512) + 2 requests, kept, and replayed with its uid and time once it is taken', async () => {
    const { collector, simulator, running, refused, deadLetters, send, setBusy, reportOf } = await rehearsal()
    setBusy(true)
    send(audit('first'))
    await expect.poll(() => collector.requests.length, soon).toBeGreaterThan(0)
    for (let i = 0; i < 512; i++) send(audit(i === 300 ? 'poison' : `good-${i}`))
    await expect.poll(() => simulator.ledger.sent.audit.live, soon).toBe(513)
    setBusy(false)
    await expect.poll(() => logOf(running), soon).toContainEqual(expect.objectContaining(becameOne))
    const whole = collector.requests.findIndex(bodies => bodies.length === 512)
    expect(collector.requests.length - whole).toBe(2 * Math.log2(512) + 2)
    expect(collector.taken).toHaveLength(1 + 511)
    const letter = JSON.parse((await deadLetters('export')).out)
    expect(letter).toMatchObject({ id: 1, cause: 'refused', text: audit('poison') })

    const early = await deadLetters('replay', '1')
    expect(early).toMatchObject({ code: 5, out: expect.stringContaining('did not take whole') })
    expect(collector.taken).toHaveLength(512)

    refused.clear()
    const late = await deadLetters('replay', '1')
    expect(late).toEqual({ code: 0, out: 'delivered and removed a dead letter\n', err: '' })
    expect(collector.records).toHaveLength(513)
    expect(collector.records.at(-1)).toEqual({
      uid: letter.uid,
      observedTimeUnixNano: `${Date.parse(letter.observedAt)}000000`,
      isCut: false,
      body: audit('poison'),
    })
    expect((await deadLetters('list')).out).toBe('')
    const counted = (await reportOf()).streams.flatMap(({ hours }: { hours: HourCounts[] }) =>
      hours.filter(({ delivered, deadLettered }) => delivered + deadLettered > 0),
    )
    expect(counted).toMatchObject([{ delivered: 513, deadLettered: 0 }])
  })
})

describe('replay', () => {
  it('works without a worker, with no settings but those of OpenTelemetry, and under the stored uid', async () => {
    const { collector, running, refused, deadLetters, send, stopped } = await rehearsal()
    send('{"guid":"poison","dataBase64":"c2VjcmV0"', 'message')
    await expect.poll(() => running.err(), soon).toContain('became a dead letter')
    expect(await stopped()).toBe(0)
    const letter = JSON.parse((await deadLetters('export')).out)
    expect(letter.text).not.toContain('c2VjcmV0')
    const mapped = await commandResult(['map', '--kind', 'pod.message'], {}, letter.text)
    expect(mapped.out).toContain('log.record.uid')
    expect(mapped.out).not.toContain(letter.uid)
    refused.clear()
    expect(await deadLetters('replay', '--all')).toMatchObject({ code: 0 })
    expect(collector.records).toMatchObject([{ uid: letter.uid, body: letter.text }])
    expect(await deadLetters('replay', '--all')).toMatchObject({
      code: 0,
      out: 'there are no dead letters to replay\n',
    })
    expect(await deadLetters('drop', '--all')).toMatchObject({
      code: 0,
      out: 'there are no dead letters to drop\n',
    })
  })

  it('keeps the letter as it was when the collector decides on nothing, and says why', async () => {
    const { running, refused, deadLetters, send, setBusy } = await rehearsal()
    send(audit('poison'))
    await expect.poll(() => running.err(), soon).toContain('became a dead letter')
    const before = (await deadLetters('show', '1')).out
    refused.clear()
    setBusy(true)
    const { code, out } = await deadLetters('replay', '1')
    expect(code).toBe(5)
    expect(out).toMatch(/left a dead letter undecided: .*503/)
    expect((await deadLetters('show', '1')).out).toBe(before)
  })
})

describe('drop', () => {
  it('removes what is named, through the worker and without it, and nothing when an id is unknown', async () => {
    const { running, deadLetters, send, ids, stopped } = await rehearsal()
    for (const name of ['a', 'b', 'c']) send(audit(`poison-${name}`))
    await expect.poll(ids, soon).toEqual([1, 2, 3])
    expect(await deadLetters('drop', '1', '9')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no dead letter "9"'),
    })
    expect(await ids()).toEqual([1, 2, 3])
    expect(await deadLetters('drop', '2')).toEqual({ code: 0, out: 'dropped a dead letter\n', err: '' })
    expect(running.err()).toContain('as was ordered: dropped a dead letter')
    expect(await ids()).toEqual([1, 3])
    expect(await stopped()).toBe(0)
    expect(await deadLetters('drop', '--all')).toMatchObject({ code: 0, out: 'dropped 2 dead letters\n' })
    expect(await ids()).toEqual([])
  })
})

describe('an order', () => {
  it('that no worker takes stays queued for the next one, which leaves newer letters alone', async () => {
    const { directory, deadLetters, started, send, ids, stopped } = await rehearsal()
    send(audit('poison'))
    await expect.poll(ids, soon).toEqual([1])
    expect(await stopped()).toBe(0)
    const holder = startWorker('hold', directory)
    await holder.line(() => true)
    await using waiting = command(['dead-letters', 'drop', '--all'], { PROOFPOINT_STATE_DIR: directory })
    await expect.poll(() => ordersIn(directory), soon).toBe(1)
    waiting.signal('SIGINT')
    expect(await waiting.ended).toBe(5)
    expect(waiting.out()).toContain('the order is queued')
    await holder.kill()
    const state = opened(directory)
    const stream = { name: 'pod/audit@example_hosted', lane: 'live' } as const
    await state.commit(stream, await receiptOf(['1:bad']), never)
    state.close()
    expect(await ids()).toEqual([1, 2])
    const next = started()
    await expect.poll(() => next.err(), soon).toContain('as was ordered: dropped a dead letter')
    expect(await ids()).toEqual([2])
    expect(await deadLetters('drop', '2')).toMatchObject({ code: 0 })
  })
})

describe('a full room', () => {
  const narrow = { PROOFPOINT_DEAD_LETTER_BYTES: '1500B' }
  const filling = 'x'.repeat(900)

  it.each(['drop', 'replay'])(
    'holds the stream, which goes on when a %s makes room; nothing is lost',
    async order => {
      const { collector, running, refused, deadLetters, send, ids } = await rehearsal(narrow)
      send(audit('poison-1', filling))
      await expect.poll(ids, soon).toEqual([1])
      send(audit('poison-2', filling))
      await expect
        .poll(() => logOf(running).find(line => line.code === 'dead-letters-full')?.msg, soon)
        .toMatch(/^pod\/audit@example_hosted: .*PoD keeps its place for one hour/)
      send(audit('behind'))
      expect(await ids()).toEqual([1])
      expect(collector.taken.join()).not.toContain('behind')
      refused.clear()
      refused.add('poison-2')
      expect(await deadLetters(order, '1')).toMatchObject({ code: 0 })
      await expect.poll(() => collector.taken.join(), { timeout: 40_000 }).toContain('behind')
      expect(collector.taken.join().includes('poison-1')).toBe(order === 'replay')
      expect(JSON.parse((await deadLetters('export')).out).text).toContain('poison-2')
    },
  )

  it('lets the oldest go where the policy says so: counted and told', async () => {
    const { collector, running, deadLetters, send, ids, reportOf } = await rehearsal({
      ...narrow,
      PROOFPOINT_DEAD_LETTER_POLICY: 'oldest-out',
    })
    for (const id of [1, 2, 3]) {
      send(audit(`poison-${id}`, filling))
      await expect.poll(ids, soon).toEqual([id])
    }
    send(audit('behind'))
    await expect.poll(() => collector.taken.join(), soon).toContain('behind')
    expect((await deadLetters('list')).out).toMatch(
      /\nevicted since the first start: 2 refused, \d+ bytes\n$/,
    )
    expect((await reportOf()).evictedDeadLetters).toMatchObject([{ cause: 'refused', letters: 2 }])
    expect(logOf(running).map(line => line.code)).toContain('dead-letters-evicted')
  })
})

/** How many orders nobody has executed yet. */
function ordersIn(directory: string): unknown {
  const db = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true })
  try {
    return db.prepare('SELECT count(*) AS orders FROM orders WHERE result IS NULL').get()?.['orders']
  } finally {
    db.close()
  }
}
