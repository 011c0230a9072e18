import { defineConfig } from 'vitest/config'
import { collectorBinary } from './scripts/collector-build.ts'

// Here, so that a first build's minutes count for no test, and a missing Go is said once.
process.env['OTELCOL_BIN'] = await collectorBinary()

/** The suite on a real OpenTelemetry Collector. */
export default defineConfig({
  test: {
    include: ['test/collector/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
