/**
 * Text that came from elsewhere as it may stand in a line for people: control, format and direction characters are written
 * as `\u{...}`, so that they cannot reach a terminal.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
