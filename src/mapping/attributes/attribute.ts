/** The JavaScript form of each attribute type. `int` is a whole number within ±(2^53 - 1). */
export interface ValueOf {
  string: string
  int: number
  boolean: boolean
  'string[]': string[]
  'int[]': number[]
}
export type AttributeType = keyof ValueOf
export type AttributeValue = ValueOf[AttributeType]

/** One name has one meaning and one type, whatever record it stands on. */
export interface Attribute<T extends AttributeType = AttributeType> {
  readonly type: T
  /** What the value says, in one sentence. */
  readonly about: string
  readonly example: ValueOf[T]
  /** How many elements are sent at most, where that is fewer than for other arrays. */
  readonly limit?: number
}

export const string = (about: string, example: string): Attribute<'string'> => ({
  type: 'string',
  about,
  example,
})

export const int = (about: string, example: number): Attribute<'int'> => ({ type: 'int', about, example })

export const boolean = (about: string, example: boolean): Attribute<'boolean'> => ({
  type: 'boolean',
  about,
  example,
})

export const ints = (about: string, example: number[]): Attribute<'int[]'> => ({
  type: 'int[]',
  about,
  example,
})

export const strings = (about: string, example: string[], limit?: number): Attribute<'string[]'> =>
  limit === undefined ? { type: 'string[]', about, example } : { type: 'string[]', about, example, limit }
