import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { KnownError } from '../errors.ts'

/** A secret that is read again at each use, so that a rotated file is taken up without a restart. */
export interface Secret {
  /** Without the line end that editors add. Throws a `KnownError` when the file cannot be read or is empty. */
  readonly read: () => Promise<string>
  /** Where it comes from, for people; never the secret itself. */
  readonly origin: string
}

export const secretValue = (value: string, name: string): Secret => ({
  read: async () => value,
  origin: `from ${name}`,
})

export const secretFile = (path: string): Secret => ({
  async read() {
    const text = await readFile(path, 'utf8').catch(error => {
      throw new KnownError('secret-unreadable', `${path} cannot be read: ${error.code}`, { cause: error })
    })
    const problem = secretProblem(text)
    if (problem) throw new KnownError('secret-unreadable', `${path}: ${problem}`)
    return text.trim()
  },
  origin: `from the file ${path}`,
})

/** What is wrong with the text of a secret, or undefined: it must fit into an HTTP header. */
export function secretProblem(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty'
  return /^[\x20-\x7e]+$/.test(text.trim()) ? undefined : 'it holds a line break or an odd character'
}

/** What is wrong with a secret file now, or undefined. */
export function secretFileProblem(path: string): string | undefined {
  try {
    return secretProblem(readFileSync(path, 'utf8'))
  } catch (error) {
    return `it cannot be read: ${(error as NodeJS.ErrnoException).code}`
  }
}
