/** Reads the paths of the tables; table.ts says how they are written. */

/** A key, or `[]` (the elements of a list), or `*` (everything below). */
export type Segment = { readonly key: string } | '[]' | '*'

/** The paths that one path of a row stands for, in order of preference. None when it is no path. */
export function pathsOf(from: string): string[] {
  return from.startsWith('(') ? [] : from.split(' or ').flatMap(expand)
}

const BRACES = /\{([^{}]*)\}/

function expand(path: string): string[] {
  const match = BRACES.exec(path)
  if (!match) return [path]
  const [braces, alternatives = ''] = match
  return alternatives.split(',').flatMap(alternative => expand(path.replace(braces, alternative)))
}

const SEGMENT = /"([^"]+)"|(\[\])|(\*)|([^.[\]"*]+)/g

export function segmentsOf(path: string): Segment[] {
  return [...path.matchAll(SEGMENT)].map(([, quoted, list, everything, key]) => {
    if (list) return '[]'
    return everything ? '*' : { key: quoted ?? key ?? '' }
  })
}
