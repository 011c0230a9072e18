/** What is wrong with a variable, and how to mend it. Never tells the value of a header. */
export interface EnvironmentFault {
  readonly setting: string
  readonly problem: string
  readonly remedy: string
}

/** Adds a fault to those that are told at the end. */
export type Blame = (setting: string, problem: string, remedy: string) => void

/** The value of a variable and the name under which it was found. */
export interface Found {
  readonly name: string
  readonly value: string
}
