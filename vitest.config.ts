import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** By default the largest files come first; but this one waits for minutes, and would be alone at the end. */
const LONGEST = 'test/worker/half-open.test.ts'

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith(LONGEST)
    return [...sorted.filter(isLongest), ...sorted.filter(file => !isLongest(file))]
  }
}

/** The suite that needs only Node. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/collector/**'],
    pool: 'forks',
    // Whole workers mostly wait: for the clock, for sockets, for each other.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Polls give up before that, each in its own words.
    testTimeout: 90_000,
    // A process that starts beside two others takes longer than the second that polls wait by default.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    hookTimeout: 60_000,
    reporters: [
      'default',
      {
        onTestRunEnd: () =>
          console.log(
            'Not contained: the suite on a real Collector, which needs Go or OTELCOL_BIN: npm run test:collector',
          ),
      },
    ],
  },
})
