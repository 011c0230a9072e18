import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { CommandError, exitCode } from './outside.ts'

/** `parseArgs`, strict; what it refuses becomes one line and exit code 2. */
export function parseOptions<const T extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
  } catch (error) {
    throw new CommandError(
      exitCode.settings,
      `${command}: ${String(error instanceof Error ? error.message : error).replaceAll(/\s+/g, ' ')}`,
    )
  }
}
