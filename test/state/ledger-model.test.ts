import fc from 'fast-check'
import { expect, it } from 'vitest'
import { temporaryDirectory } from './directories.ts'
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
const late = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }))

const scope = fc.constantFrom('never' as const, 'suspect' as const, 'always' as const)
const fault = fc.constantFrom<Fault>('none', 'none', 'broken', 'empty', 'part')

const steps = [
  minutes.map(n => command(`pass ${n} min`, world => world.pass(n * MINUTE))),
  fc
    .tuple(late, fc.boolean())
    .map(([n, isBad]) =>
      command(`event ${n} min late`, world => world.create(n * MINUTE, isBad && n % 5 === 0)),
    ),
  late.map(n => command(`event ${n} min late`, world => world.create(n * MINUTE, false))),
  fc.constant(command('open', world => world.open())),
  fc.constant(command('deliver', world => world.deliver())),
  fc.constant(command('reset', world => world.reset())),
  fc.constant(command('stop', world => world.stop())),
  minutes.map(n => command(`kill, ${n} min away`, world => world.kill(n * MINUTE))),
  fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 6 }))
    .map(([back, hours]) =>
      command(`ask for ${hours} h from ${back} h back on`, world => world.ask(back, hours)),
    ),
  fc
    .tuple(scope, fault)
    .map(([scope, fault]) => command(`read ${scope}, ${fault}`, world => world.read(scope, fault))),
  fc
    .tuple(fc.constantFrom('suspect' as const, 'always' as const), fault, fc.nat(3))
    .map(([scope, fault, n]) =>
      command(`borrow for ${scope}, ${fault}${n === 0 ? ', killed' : ''}`, world =>
        world.borrow(scope, fault, n === 0),
      ),
    ),
]

it('every event is delivered, a dead letter, or in an hour that is not proven; and repair ends it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.commands(steps, { maxCommands: 60, size: 'max' }),
      async (moves, commands) => {
        const world = ledgerWorld(temporaryDirectory(), moves)
        try {
          await fc.asyncModelRun(() => ({ model: {}, real: world }), commands)
          expect(await world.missingAfterRepair()).toEqual([])
        } finally {
          world.close()
        }
      },
    ),
    { numRuns: 30 },
  )
}, 60_000)
