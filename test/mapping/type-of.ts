/** The attribute type of a value, in the words of the tables; `mixed` for a list that has several or none. */
export function typeOf(value: unknown): string {
  if (Array.isArray(value)) {
    const types = new Set(value.map(typeOf))
    return types.size === 1 ? `${[...types][0]}[]` : 'mixed'
  }
  return Number.isSafeInteger(value) ? 'int' : typeof value
}
