/** The function, which answers the last value again without working: neighbours often are equal. */
export function remembering<A, V>(of: (value: A) => V): (value: A) => V {
  let last: { readonly value: A; readonly result: V } | undefined
  return value => {
    if (!last || last.value !== value) last = { value, result: of(value) }
    return last.result
  }
}
