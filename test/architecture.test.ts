import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const files = globSync('src/**/*.ts').sort()
const sourceOf = (file: string) => readFileSync(file, 'utf8')
const withoutComments = (file: string) => sourceOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

const importsOf = (file: string): Import[] =>
  [...sourceOf(file).matchAll(/^(import|export)\s+(type\s+)?[^'"]*?from\s+'(\.[^']+)'/gm)].map(
    ([, , type, path]) => ({
      from: file,
      to: normalize(join(dirname(file), path as string)),
      typeOnly: type !== undefined,
    }),
  )

const imports = files.flatMap(importsOf)
/** The first folder below src/, or the file itself when it lies at the root. */
const roomOf = (file: string) => file.split('/').slice(1, 2)[0] as string

const foundation = [
  'ascii.ts',
  'backoff.ts',
  'pipeline.ts',
  'errors.ts',
  'errors',
  'clock.ts',
  'code-at.ts',
  'most-pages.ts',
  'ulid.ts',
  'proxy.ts',
  'proxy-failure.ts',
  'failures.ts',
  'printable.ts',
  'tls-code.ts',
]
const mayImport: Readonly<Record<string, readonly string[]>> = {
  proofpoint: foundation,
  mapping: foundation,
  otlp: foundation,
  state: foundation,
  simulator: ['clock.ts', 'errors.ts'],
  operations: [...foundation, 'supervise.ts'],
  worker: [
    ...foundation,
    ...['supervise.ts', 'version.ts', 'batch.ts', 'settle.ts'],
    ...['settings', 'operations', 'proofpoint', 'mapping', 'otlp', 'state'],
  ],
}

describe('imports point one way', () => {
  for (const [room, allowed] of Object.entries(mayImport)) {
    it(`src/${room} imports itself and ${allowed.join(', ')} only`, () => {
      const strays = imports.filter(
        ({ from, to }) => roomOf(from) === room && ![room, ...allowed].includes(roomOf(to)),
      )
      expect(strays).toEqual([])
    })
  }

  it('the rooms take only types from pipeline.ts, so that no one but ship() moves events', () => {
    const rooms = ['proofpoint', 'otlp', 'operations', 'simulator', 'state']
    const values = imports.filter(
      ({ from, to, typeOnly }) => rooms.includes(roomOf(from)) && to === 'src/pipeline.ts' && !typeOnly,
    )
    expect(values).toEqual([])
  })

  it('the root knows no room but through main, the commands and the settings', () => {
    const root = files.filter(file => !file.includes('/', 4) && file !== 'src/main.ts')
    expect(
      imports.filter(({ from, to }) => root.includes(from) && to.includes('/', 4) && roomOf(to) !== 'errors'),
    ).toEqual([])
  })

  it('nobody imports main.ts', () => {
    expect(imports.filter(({ to }) => to === 'src/main.ts')).toEqual([])
  })
})

describe('one place for each dangerous thing', () => {
  const filesWith = (pattern: RegExp) => files.filter(file => pattern.test(withoutComments(file)))

  it('only main.ts knows process', () => {
    expect(filesWith(/(?<!')\bprocess\.(env|argv|exit|exitCode|on|stdout|stderr|kill|pid)\b/)).toEqual([
      'src/main.ts',
    ])
  })

  it('only clock.ts reads the time or sets a timer', () => {
    expect(filesWith(/\bDate\.now\(|new Date\(\)|\bset(Timeout|Interval)\b|performance\.now/)).toEqual([
      'src/clock.ts',
    ])
  })

  it('only deliver makes a receipt', () => {
    const casts = files.flatMap(file =>
      [...withoutComments(file).matchAll(/as (unknown as )?Receipt\b/g)].map(() => file),
    )
    expect(casts).toEqual(['src/pipeline.ts'])
  })
})

describe('size and shape', () => {
  it('no file is longer than 300 lines', () => {
    expect(files.filter(file => sourceOf(file).split('\n').length > 301)).toEqual([])
  })

  it('there are no barrels, no utils and no class but errors', () => {
    expect(files.filter(file => /\/(index|utils?|helpers?)\.ts$/.test(file))).toEqual([])
    const classes = files.flatMap(file =>
      [...sourceOf(file).matchAll(/^(?:export )?(?:abstract )?class (.*) \{/gm)].map(match => match[1]),
    )
    expect(classes.filter(name => !name?.endsWith('extends Error'))).toEqual([])
  })
})
