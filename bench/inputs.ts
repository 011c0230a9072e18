/**
 * What the server offers: records of the simulator made ahead, into which ids that never repeat are written as they are
 * sent. Within a template nothing else changes, so that making input costs the server about a copy.
 */
import { DAY_MS, real } from '../src/clock.ts'
import { type Draws, randomness } from '../src/simulator/random.ts'
import { mailFrom } from '../src/simulator/records/mail.ts'
import { LINES_PER_MAIL, maillog } from '../src/simulator/records/maillog.ts'
import { podMessage } from '../src/simulator/records/pod-message.ts'
import { streamsOf, type TapArray, tapArrays } from '../src/simulator/streams.ts'

export type Input = 'message' | 'maillog' | 'tap'

export const CLUSTER = 'example_hosted'
export const EVENTS_PER_ANSWER = 1_000

/** A text, and the places at which its ids begin. */
interface Template {
  readonly bytes: Buffer
  readonly ids: readonly number[]
}

const SEED = 1
/** More than a batch holds, so that no compressor's window sees a template twice. */
const TEMPLATES = 2_000
const MESSAGE_BYTES = { least: 4_000, most: 9_000 }
const ANSWER_TEMPLATES = 4
/** Odd: the product's low 32 bits are another number for each number, and look drawn. */
const SPREAD = 0x9e3779b1

/** Eight hexadecimal digits, other ones for each of 2^32 numbers. */
const token = (number: number): string => (Math.imul(number, SPREAD) >>> 0).toString(16).padStart(8, '0')

/** The frames of a type, for ever; no two have the same ids. */
export function* podFrames(type: 'message' | 'maillog'): Generator<Buffer, never> {
  const templates = podTemplates(type)
  for (let number = 0; ; number++) {
    const { bytes, ids } = templates[number % templates.length]!
    yield withIds(bytes, ids, number)
  }
}

/** Answers of TAP for a window, ms since 1970; the events' times lie in it. */
export function tapAnswers(): (from: number, to: number) => Buffer {
  const templates = Array.from({ length: ANSWER_TEMPLATES }, (_, i) => answerTemplate(i))
  let number = 0
  let answers = 0
  return (from, to) => {
    const { bytes, events, end } = templates[answers++ % templates.length]!
    const answer = Buffer.from(bytes)
    answer.write(new Date(to).toISOString(), end, 'latin1')
    events.forEach(({ ids, time }, i) => {
      const id = token(number++)
      for (const at of ids) answer.write(id, at, 'latin1')
      answer.write(new Date(from + ((to - from) * i) / events.length).toISOString(), time, 'latin1')
    })
    return answer
  }
}

function withIds(bytes: Buffer, ids: readonly number[], number: number): Buffer {
  const frame = Buffer.allocUnsafe(bytes.length)
  bytes.copy(frame)
  const id = token(number)
  for (const at of ids) frame.write(id, at, 'latin1')
  return frame
}

function podTemplates(type: 'message' | 'maillog'): Template[] {
  const mails = randomness(SEED, 'bench mail')
  const lines = randomness(SEED, 'bench line')
  const began = real.now() * 1_000
  const templates: Template[] = []
  for (let i = 0; templates.length < TEMPLATES; i++) {
    const own = mails(i)
    const mail = mailFrom(own, began - own.below(60_000_000))
    const record = type === 'message' ? podMessage(mail, own, CLUSTER) : lineOf(mail, i, own, lines(i))
    const bytes = Buffer.from(JSON.stringify(record))
    const fits = bytes.length >= MESSAGE_BYTES.least && bytes.length <= MESSAGE_BYTES.most
    if (type === 'message' && !fits) continue
    const ids = [mail.guid, mail.messageId, 'id' in record ? String(record.id) : mail.guid]
    templates.push({ bytes, ids: [...new Set(ids.flatMap(id => places(bytes, id)))] })
  }
  return templates
}

const lineOf = (mail: ReturnType<typeof mailFrom>, i: number, fate: Draws, draws: Draws): object =>
  maillog(mail, i % LINES_PER_MAIL, mail.atUs, fate, draws, CLUSTER)

/** One whole answer, as bytes with the places of each event's ids and of its own time. */
function answerTemplate(which: number) {
  const rates = {
    message: 1,
    maillog: 0,
    audit: 0,
    messagesDelivered: 1,
    messagesBlocked: 1,
    clicksPermitted: 1,
    clicksBlocked: 1,
  }
  const { tap } = streamsOf(SEED, CLUSTER, rates)
  // Threats were found before any window: then the event's own time is the time of its creation.
  const longAgo = real.now() - 9 * DAY_MS
  const share = EVENTS_PER_ANSWER / tapArrays.length
  const end = '{"queryEndTime":"'.length
  const parts: Buffer[] = []
  let length = 0
  const write = (text: string) => {
    const part = Buffer.from(text)
    parts.push(part)
    length += part.length
    return part
  }
  const events: { ids: readonly number[]; time: number }[] = []
  write(`{"queryEndTime":"${new Date(longAgo).toISOString()}"`)
  for (const array of tapArrays) {
    write(`,"${array}":[`)
    const first = tap[array].first(longAgo) + which * share
    for (let i = 0; i < share; i++) {
      if (i > 0) write(',')
      const begin = length
      events.push(placesOf(array, write(JSON.stringify(tap[array].record(first + i))), begin))
    }
    write(']')
  }
  write('}')
  return { bytes: Buffer.concat(parts), events, end }
}

function placesOf(array: TapArray, element: Buffer, begin: number) {
  const time = array.startsWith('messages') ? '"messageTime":"' : '"clickTime":"'
  const ids = ['"GUID":"', '"id":"'].flatMap(key => places(element, key).map(at => at + key.length))
  return { ids: ids.map(at => begin + at), time: begin + element.indexOf(time) + time.length }
}

function places(bytes: Buffer, text: string): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at)
  return found
}
