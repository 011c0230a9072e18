/** A whole worker that is refused: said once with the remedy, while the other streams run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { disposable, json, originOf, rates, soon, taking } from '../support/whole-worker.ts'
import { account, logOf, secrets, simulated, stateDirectory, worker } from '../support/worker.ts'

describe('run', () => {
  it('a wrong token is said once with its remedy; the other streams run; it goes on when the token is mended', async () => {
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await taking()
    using state = stateDirectory()
    const tokenFile = join(state.path, 'token')
    writeFileSync(tokenFile, 'a-wrong-token')
    await using running = worker({
      simulator,
      state: join(state.path, 'state'),
      collector: originOf(collector),
      env: {
        ...json,
        PROOFPOINT_POD_TOKEN: '',
        PROOFPOINT_POD_TOKEN_FILE: tokenFile,
        PROOFPOINT_POD_STREAMS: 'message',
      },
    })
    await expect
      .poll(() => logOf(running).find(line => line.code === 'pod-unauthorized')?.msg, soon)
      .toMatch(/Check PROOFPOINT_POD_TOKEN.*Waiting does not help; next try in \d+ s/)
    await expect
      .poll(() => logOf(running).some(line => line.msg === `tap@${account.principal} is open`), soon)
      .toBe(true)
    writeFileSync(tokenFile, secrets.token)
    await expect.poll(() => simulator.ledger.sent.message.live, { timeout: 20_000 }).toBeGreaterThan(0)
  })

  it('a wrong cluster id is said with its remedy', async () => {
    await using simulator = disposable(await simulated({ rates }))
    await using collector = await taking()
    using state = stateDirectory()
    await using running = worker({
      simulator,
      state: state.path,
      collector: originOf(collector),
      env: { ...json, PROOFPOINT_POD_CLUSTER_ID: 'wrong_hosted' },
    })
    await expect
      .poll(() => logOf(running).find(line => line.code === 'pod-unauthorized')?.msg, soon)
      .toContain('PROOFPOINT_POD_CLUSTER_ID')
  })
})
