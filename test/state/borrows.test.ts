import { describe, expect, it } from 'vitest'
import type { ReadEnd } from '../../src/state/ledger.ts'
import { begun, MINUTE, plusHours, STREAM } from './begun.ts'
import { handClock, temporaryDirectory } from './directories.ts'
import { live, never, receiptOf } from './receipts.ts'

type World = ReturnType<typeof begun>

const everyMinute = Array.from({ length: 60 }, (_, minute) => minute)
const minute = (n: number) => plusHours(3) + n * MINUTE
const eventsOf = (minutes: readonly number[]) => minutes.map(n => `${minute(n)}:event`)
/** Started half an hour before. */
const begunBefore = () => begun(temporaryDirectory(), handClock(minute(-30)))
const borrowsOf = ({ state }: World) => state.borrows(STREAM)

/**
 * Hour 3, with an event a minute: a borrow from minute 20 to 40, whose last read begins at minute 35. Live delivery brings
 * all but the `lost` minutes.
 */
async function borrowed(world: World, lost: readonly number[] = [], end: ReadEnd = 'complete') {
  const { clock, ledger, state, open } = world
  const deliver = async (from: number, to: number) => {
    clock.moveTo(minute(to))
    const texts = eventsOf(everyMinute.slice(from, to).filter(n => !lost.includes(n)))
    await state.commit(live(STREAM), await receiptOf(texts, { observedAt: clock.now() }), never)
  }
  clock.moveTo(minute(0))
  open()
  await deliver(0, 20)
  borrowsOf(world).begin()
  clock.moveTo(minute(35))
  ledger.endRead(ledger.beginRead(plusHours(1)), end)
  clock.moveTo(minute(40))
  open()
  await deliver(20, 60)
}

/** Hour 3 is verified by three reads, whose archive holds these minutes. */
async function verify({ clock, read }: World, minutes: readonly number[] = everyMinute) {
  for (const hours of [6, 7, 8]) {
    clock.moveTo(plusHours(hours))
    await read(plusHours(3), eventsOf(minutes))
  }
}

describe('a borrow', () => {
  it('makes its hours suspect until a session opens, an hour before it too, and that outlives a restart', async () => {
    const world = begun()
    world.open()
    world.clock.moveTo(plusHours(2.5))
    await world.commit(plusHours(2.4))
    borrowsOf(world).begin()
    world.clock.moveTo(plusHours(3.2))
    world.state.endCleanly()
    const again = world.restart()
    again.open()
    await again.commit(plusHours(3.2))
    again.clock.moveTo(plusHours(4.5))
    await again.commit(plusHours(4.5))
    expect(again.states()).toEqual(['0 live', '1 suspect', '2 suspect', '3 suspect', '4 live'])
  })

  it('makes nothing suspect where borrowing is trusted', async () => {
    const world = begun()
    world.open()
    world.clock.moveTo(plusHours(2.5))
    await world.commit(plusHours(2.4))
    borrowsOf(world).enter('trusted')
    borrowsOf(world).begin()
    world.clock.moveTo(plusHours(2.8))
    world.open()
    expect(world.states()).toEqual(['0 live', '1 live', '2 live'])
  })
})

describe('trusted borrowing', () => {
  /** Borrows for 20 minutes; returns how that was treated. */
  async function borrow(world: World, at: number) {
    const { clock, commit, open } = world
    clock.moveTo(at)
    await commit(at)
    const treatedAs = borrowsOf(world).begin()
    clock.moveTo(at + 20 * MINUTE)
    open()
    await commit(clock.now())
    return treatedAs
  }
  function trustedWorld() {
    const world = begun()
    world.open()
    borrowsOf(world).enter('trusted')
    return world
  }

  it('is tested once a day: then the hours of a borrow are suspect as if nothing were known', async () => {
    const world = trustedWorld()
    const treated: string[] = []
    for (const hours of [1, 23, 24, 25, 47, 48.5, 49]) treated.push(await borrow(world, plusHours(hours)))
    const [believed, test] = ['trusted', 'undecided']
    expect(treated).toEqual([believed, believed, test, believed, believed, test, believed])
    expect(borrowsOf(world).trust()).toBe('trusted')
    const suspects = world.states().filter(text => text.endsWith('suspect'))
    expect(suspects).toEqual(['23 suspect', '24 suspect', '47 suspect', '48 suspect'])
  })

  it('is tested again by the next borrow when a fault blurs the test', async () => {
    const world = trustedWorld()
    expect(await borrow(world, plusHours(24))).toBe('undecided')
    world.ledger.suspectSince('a reset')
    world.open()
    expect(await borrow(world, plusHours(26))).toBe('undecided')
    expect(await borrow(world, plusHours(27))).toBe('trusted')
  })

  it('that is withdrawn while the token is borrowed says so, since what that costs is not over', async () => {
    const world = trustedWorld()
    await borrow(world, plusHours(2))
    world.clock.moveTo(plusHours(3))
    borrowsOf(world).begin()
    await world.read(plusHours(2), [`${plusHours(2) + MINUTE}:never came live`], 'broken')
    expect(borrowsOf(world).finding()).toMatchObject({ trust: 'withdrawn', lasts: true })
  })
})

describe('borrowing', () => {
  it('is undecided until the hours of a borrow are verified, then trusted when nothing of them was missing', async () => {
    const world = begunBefore()
    await borrowed(world)
    world.clock.moveTo(plusHours(6))
    await world.read(plusHours(3), eventsOf(everyMinute))
    expect(borrowsOf(world).finding()).toBeUndefined()
    await verify(world)
    expect(borrowsOf(world).trust()).toBe('undecided')
    const finding = borrowsOf(world).finding()
    expect(finding).toEqual({ trust: 'trusted' })
    borrowsOf(world).enter(finding!.trust)
    expect(borrowsOf(world.restart()).trust()).toBe('trusted')
  })

  it('is withdrawn by one event of the time of a borrow that only the archive brought, read whole or not', async () => {
    const world = begunBefore()
    await borrowed(world, [27])
    world.clock.moveTo(plusHours(6))
    await world.read(plusHours(3), eventsOf([26, 27, 28]), 'broken')
    expect(borrowsOf(world).finding()).toEqual({ trust: 'withdrawn', doubtful: [], lasts: false })
  })

  it('is withdrawn by a late event, too, which was created while the session before was open', async () => {
    const world = begunBefore()
    await borrowed(world, [4])
    await verify(world)
    expect(borrowsOf(world).finding()?.trust).toBe('withdrawn')
  })

  it('stays undecided when too few events came between to show anything', async () => {
    const world = begunBefore()
    const few = everyMinute.filter(n => n < 20 || n > 28)
    await borrowed(world, [21, 22, 23, 24, 25, 26, 27, 28, 20])
    await verify(world, few)
    expect(world.states(plusHours(3), plusHours(4) - 1)).toEqual(['3 verified'])
    expect(borrowsOf(world).finding()).toBeUndefined()
  })

  it('is not judged by what came while no read had begun yet to move anything, that is after the last one', async () => {
    const world = begunBefore()
    await borrowed(world, everyMinute.slice(20, 35))
    await verify(world, [...everyMinute.slice(0, 20), ...everyMinute.slice(35)])
    expect(borrowsOf(world).finding()).toBeUndefined()
  })

  it('is not judged by a borrow whose reads broke: perhaps none of them reached the archive', async () => {
    const world = begunBefore()
    await borrowed(world, [], 'broken')
    await verify(world)
    expect(world.states(plusHours(3), plusHours(4) - 1)).toEqual(['3 verified'])
    expect(borrowsOf(world).finding()).toBeUndefined()
  })

  it('is not judged by a borrow that a fault blurs', async () => {
    const world = begunBefore()
    await borrowed(world, [27])
    world.ledger.suspectSince('a reset')
    world.open()
    await verify(world)
    expect(world.states(plusHours(3), plusHours(4) - 1)).toEqual(['3 verified'])
    expect(borrowsOf(world).finding()).toBeUndefined()
  })

  it('that was trusted is withdrawn on later evidence, with all spans that were believed since', async () => {
    const world = begunBefore()
    borrowsOf(world).enter('trusted')
    await borrowed(world, [27])
    expect(world.states(plusHours(3), plusHours(4) - 1)).toEqual(['3 live'])
    world.clock.moveTo(plusHours(6))
    await world.read(plusHours(3), eventsOf(everyMinute))
    const finding = borrowsOf(world).finding()
    expect(finding).toEqual({ trust: 'withdrawn', doubtful: [[minute(20 - 60), minute(40)]], lasts: false })
    borrowsOf(world).enter(finding!.trust)
    expect(borrowsOf(world).finding()).toBeUndefined()
    expect(borrowsOf(world.restart()).trust()).toBe('withdrawn')
  })
})
