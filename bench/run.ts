/**
 * The bench: `npm run bench -- [--quick] [--only CONDITION]... [--json FILE] [--write] [--profile]`. A full run writes
 * docs/performance.md; a quick one or a part does so with `--write` only.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { elapsed } from '../src/clock.ts'
import { randomness, shuffled } from '../src/simulator/random.ts'
import { certificateAuthority } from '../test/support/certificates.ts'
import { start } from './calls.ts'
import { conditions as allConditions, type Condition, type Contender } from './conditions.ts'
import { figures } from './figures.ts'
import { type Measurement, measure, type Stage } from './measure.ts'
import { page } from './page.ts'
import { stagesOf, stageTable } from './profile.ts'
import type { ServerCalls } from './server.ts'
import type { SinkCalls } from './sink.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
})
const known = allConditions(values.quick)
const strange = values.only.find(name => !known.some(condition => condition.name === name))
if (strange !== undefined) {
  process.stderr.write(`there is no condition ${strange}: ${known.map(({ name }) => name).join(', ')}\n`)
  process.exit(2)
}
const conditions = known.filter(({ name }) => values.only.length === 0 || values.only.includes(name))

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

// The worker is measured as its users run it: their Node reads no types.
execFileSync('npm', ['run', '--silent', 'prepare'], { stdio: 'inherit' })

const workplace = mkdtempSync(join(tmpdir(), 'bench-'))
process.once('exit', () => rmSync(workplace, { recursive: true }))
const authority = certificateAuthority('bench')
const authorityFile = join(workplace, 'authority.pem')
writeFileSync(authorityFile, authority.cert)
await using server = start<ServerCalls>('server.ts')
await using sink = start<SinkCalls>('sink.ts')
const pair = authority.issue('bench')
const stage: Stage = {
  server,
  sink,
  urls: await server.call('open', pair),
  sinkUrls: await sink.call('open', pair),
  authority: authorityFile,
  workplace,
}
if (values.profile) await profile()
else await bench()

async function bench(): Promise<void> {
  const began = elapsed()
  const measurements: Measurement[] = []
  for (let round = 0; round < Math.max(...conditions.map(({ rounds }) => rounds)); round++)
    for (const { condition, contender } of shuffled(cells(round), randomness(1, 'bench order')(round))) {
      const measured = await measure(stage, condition, contender, round)
      measurements.push(measured)
      process.stdout.write(told(measured))
    }
  // What stopped halfway is neither lost nor fast: its figures say nothing.
  const isBroken = measurements.some(
    m => m.complaint !== undefined || (m.contender === 'ours' && m.sent < m.offered),
  )
  if (isBroken) process.exitCode = 1
  const results = figures(measurements)
  process.stdout.write(
    `${JSON.stringify(results, null, 2)}\nin ${Math.round((elapsed() - began) / 1_000)} s\n`,
  )
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
  const isWhole = !values.quick && values.only.length === 0
  if (isWhole || values.write)
    writeFileSync(
      new URL('../docs/performance.md', import.meta.url),
      page(conditions, measurements, values.quick),
    )
}

function cells(round: number): { condition: Condition; contender: Contender }[] {
  return conditions
    .filter(({ rounds }) => round < rounds)
    .flatMap(condition => condition.contenders.map(contender => ({ condition, contender })))
}

/** Where the worker's CPU goes under each condition that it is a contender of. */
async function profile(): Promise<void> {
  for (const condition of conditions.filter(({ warmUp }) => warmUp > 0)) {
    const directory = join(workplace, condition.name)
    await measure(stage, condition, 'ours', 0, ['--cpu-prof', `--cpu-prof-dir=${directory}`])
    process.stdout.write(`${condition.title}\n${stageTable(stagesOf(directory))}\n`)
  }
}

function told(m: Measurement): string {
  const speed = `${Math.round((m.delivered / m.ms) * 1_000)}/s`.padStart(10)
  const lost = `lost ${m.sent - m.delivered}`.padStart(12)
  const cpu = `${((m.cpuMs / m.delivered) * 1_000).toFixed(1)} us`.padStart(11)
  const busy = `server ${Math.round((m.serverCpuMs / m.ms) * 100)} %, sink ${Math.round((m.sinkCpuMs / m.ms) * 100)} %`
  const untaken = m.sent < m.offered ? `; ${m.offered - m.sent} were not taken` : ''
  const complaint = m.complaint ? `\n  ended with ${m.complaint}` : ''
  return `${m.round} ${m.condition.padEnd(13)} ${m.contender.padEnd(11)} ${speed} ${lost} ${cpu} ${Math.round(m.rssMb)} MB; ${busy}${untaken}${complaint}\n`
}
