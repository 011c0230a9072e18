import { cpSync, existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { opened, temporaryDirectory } from './directories.ts'
import { type Fault, type LedgerWorld, ledgerWorld } from './ledger-world.ts'

type Step = (world: LedgerWorld) => unknown
const MINUTE = 60_000

const command = (name: string, step: Step): fc.AsyncCommand<object, LedgerWorld> => ({
  check: () => true,
  toString: () => name,
  async run(_, world) {
    await step(world)
    world.check()
  },
})
const minutes = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 90 }) },
  { weight: 3, arbitrary: fc.integer({ min: 55, max: 300 }) },
)
const percent = fc.integer({ min: 0, max: 100 })
const late = fc.oneof(fc.constant(0), percent)

const scope = fc.constantFrom('never' as const, 'suspect' as const, 'always' as const)
const fault = fc.constantFrom<Fault>('none', 'none', 'broken', 'empty', 'part')

const pass = minutes.map(n => command(`pass ${n} min`, world => world.pass(n * MINUTE)))
const event = fc
  .tuple(late, fc.nat(9))
  .map(([n, chance]) => command(`event, ${n} % late`, world => world.create(n / 100, chance === 0)))
const open = fc.constant(command('open', world => world.open()))
const deliver = fc.constant(command('deliver', world => world.deliver()))
const reset = fc.constant(command('reset', world => world.reset()))
const leave = fc.constant(command('leave', world => world.leave()))
const stop = fc.constant(command('stop', world => world.stop()))
const kill = minutes.map(n => command(`kill, ${n} min away`, world => world.kill(n * MINUTE)))
const ask = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 6 }))
  .map(([back, hours]) =>
    command(`ask for ${hours} h from ${back} h back on`, world => world.ask(back, hours)),
  )
const read = fc
  .tuple(scope, fault)
  .map(([scope, fault]) => command(`read ${scope}, ${fault}`, world => world.read(scope, fault)))
const borrow = fc
  .tuple(fc.constantFrom('suspect' as const, 'always' as const), fault, fc.nat(3))
  .map(([scope, fault, n]) =>
    command(`borrow for ${scope}, ${fault}${n === 0 ? ', killed' : ''}`, world =>
      world.borrow(scope, fault, n === 0),
    ),
  )

// What follows has several steps each that find a fault only one after the other: chance alone joins them too seldom.

const absence = fc.tuple(late, fc.integer({ min: 50, max: 300 })).map(([n, away]) =>
  command(`event, ${n} % late, in an absence of ${away} min`, async world => {
    await world.leave()
    world.create(n / 100, false)
    world.pass(away * MINUTE)
    await world.open()
  }),
)
const rest = fc.tuple(late, fc.integer({ min: 30, max: 300 }), fault).map(([n, away, fault]) =>
  command(`event, ${n} % late, in a rest of ${away} min, then read always, ${fault}`, async world => {
    await world.leave()
    world.create(n / 100, false)
    world.pass(away * MINUTE)
    await world.read('always', fault)
  }),
)
const lost = percent.map(n =>
  command(`event, ${n} % late, on its way at a reset, after one that was not late`, async world => {
    await world.open()
    world.create(0, false)
    await world.deliver()
    world.create(n / 100, false)
    world.reset()
    await world.open()
  }),
)
const repairs = fc.integer({ min: 1, max: 15 }).map(n =>
  command(`${n} reads, each as soon as it may be`, async world => {
    for (let i = 0; i < n; i++) await world.readNext('suspect')
  }),
)

const steps = fc.oneof(
  ...[pass, event, event, open, deliver, reset, leave, read, read, repairs, absence, rest, lost].map(
    arbitrary => ({
      weight: 3,
      arbitrary,
    }),
  ),
  // Rarer, since to open the state anew takes as long as twenty others.
  ...[stop, kill, borrow, ask].map(arbitrary => ({ weight: 1, arbitrary })),
)

// No power is cut here, so that the disk only costs time.
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
/** In minutes: how late the latest events of a stream come. From an hour on it makes repairs begin further back, and wait. */
const latest = fc.oneof(
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 60, max: 360 }) },
)

it('every event is delivered, a dead letter, or in an hour that is not proven; and repair ends it', async () => {
  // Copied for each run, since to make a state takes as long as half of what a run does with it.
  const fresh = temporaryDirectory(place)
  opened(fresh).close()
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      latest,
      fc.commands([steps], { maxCommands: 60, size: 'max' }),
      async (moves, latest, commands) => {
        const directory = temporaryDirectory(place)
        cpSync(fresh, directory, { recursive: true })
        const world = await ledgerWorld(directory, moves, latest * MINUTE)
        try {
          await fc.asyncModelRun(() => ({ model: {}, real: world }), commands)
          expect(await world.missingAfterRepair()).toEqual([])
        } finally {
          world.close()
          // What is in memory has little room in a container.
          rmSync(directory, { recursive: true })
        }
      },
    ),
    { numRuns: 120 },
  )
}, 180_000)
