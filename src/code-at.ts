const { charCodeAt } = String.prototype

/**
 * `text.charCodeAt(at)` for loops. Strings have more forms in memory than the compiler keeps in mind; where it has met many,
 * looking up the method costs a call for each character (measured).
 */
export const codeAt = (text: string, at: number): number => charCodeAt.call(text, at)
