/** The script: what somebody tells a running simulator to do wrong. */
import { z } from 'zod'
import { podTypes } from './streams.ts'

const type = z.enum(podTypes)
const count = z.int().positive().default(1)

/** One order. Those with a count hold for that many next requests. */
export const commandSchema = z.discriminatedUnion('command', [
  /** Reset the TCP connections of the type's sessions. */
  z.strictObject({ command: z.literal('drop'), type }),
  /** Neither read nor write any more on the type's sessions, and do not close them; what is due still counts as sent. */
  z.strictObject({ command: z.literal('halfOpen'), type }),
  /** Close the type's sessions with a close frame. */
  z.strictObject({ command: z.literal('closeWith'), type, code: z.int().min(1000).max(4999) }),
  /** Accept live sessions of the type but send no event, or send again. */
  z.strictObject({ command: z.literal('silent'), type, on: z.boolean() }),
  /** Refuse PoD handshakes with this status. */
  z.strictObject({ command: z.literal('refuseHandshake'), status: z.int().min(400).max(599), count }),
  /** Archive sessions close with 1000 at once, having sent nothing. */
  z.strictObject({ command: z.literal('emptyArchive'), count }),
  /** Archive sessions close with 1000 somewhere in the middle, each at a place of its own. */
  z.strictObject({ command: z.literal('truncateArchive'), count }),
  /** Send this text next on the live stream. */
  z.strictObject({ command: z.literal('inject'), type, text: z.string() }),
  /** TAP answers with a status, with a text that is no JSON, or breaks off in the middle of the body. */
  z.strictObject({
    command: z.literal('failTap'),
    fault: z.enum(['401', '429', '500', 'broken', 'cut off']),
    count,
  }),
])

export type Command = z.input<typeof commandSchema>
export type TapFault = Extract<Command, { command: 'failTap' }>['fault']

/** What is still to be done wrong: the next one first. */
export interface Script {
  readonly handshakes: number[]
  readonly archives: ('empty' | 'truncated')[]
  readonly tapAnswers: TapFault[]
}

export const emptyScript = (): Script => ({ handshakes: [], archives: [], tapAnswers: [] })
