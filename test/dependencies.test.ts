import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const project = read('package.json')
const locked = Object.entries<{ version: string }>(read('package-lock.json').packages)

describe('the OpenTelemetry packages', () => {
  it('are installed once each, so that their classes and registries are the same everywhere', () => {
    const names = locked
      .map(([path]) => /node_modules\/(@opentelemetry\/[^/]+)$/.exec(path)?.[1])
      .filter(name => name !== undefined)
    expect(names.length).toBeGreaterThan(6)
    expect(names.sort()).toEqual([...new Set(names)].sort())
  })

  it('are pinned to what the exporter package pins', () => {
    const pinned = {
      ...read('node_modules/@opentelemetry/otlp-transformer/package.json').dependencies,
      ...read('node_modules/@opentelemetry/exporter-logs-otlp-http/package.json').dependencies,
    }
    for (const name of ['sdk-logs', 'core', 'resources', 'otlp-transformer']) {
      expect(project.dependencies[`@opentelemetry/${name}`], name).toBe(pinned[`@opentelemetry/${name}`])
    }
  })
})

it('the only package that runs an install script is approved', () => {
  const scripted = locked
    .filter(([, entry]) => 'hasInstallScript' in entry && !('optional' in entry))
    .map(([path]) => path)
  expect(scripted).toEqual(['node_modules/node'])
  expect(project.allowScripts).toEqual({ node: true })
})

it('every dependency has its reason in docs/decisions', () => {
  const reasons = readFileSync('docs/decisions/dependencies.md', 'utf8')
  for (const name of [...Object.keys(project.dependencies), ...Object.keys(project.devDependencies)]) {
    if (!name.startsWith('@types/')) expect(reasons, name).toContain(`\`${name}\``)
  }
})

it('the program runs on the Node that the npm scripts pin', () => {
  expect(process.version).toBe(`v${project.devDependencies.node}`)
})
