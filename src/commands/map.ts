import { createMapping } from '../mapping/library.ts'
import { logRecordJson } from '../otlp/json.ts'
import { type Kind, kinds } from '../pipeline.ts'
import { answerCutter, type EventCutter, lineCutter, type MapEvent } from './map-input.ts'
import { mapSummary } from './map-summary.ts'
import { parseOptions } from './options.ts'
import { CommandError, type ExitCode, exitCode, type Outside } from './outside.ts'
import { mappingSettingsOf } from './settings.ts'

const usage = `usage: proofpoint-otel map [--kind KIND] < events.ndjson > records.ndjson

Turns events of Proofpoint into OpenTelemetry records, one OTLP/JSON LogRecord a line, as \`run\` would deliver them. Needs no
account and no network; of the settings only those of the mapping count. Resource and scope belong to a request, not to a
LogRecord, and are left out: the record names its event, and has the cluster id where its event has one.

  --kind KIND    the input has one event a line, of this kind:
                 ${kinds.slice(0, 3).join(', ')},
                 ${kinds.slice(3).join(', ')}
  without        the input is an answer of the TAP SIEM API, or several; kinds are found by the names of its arrays

Each event makes one record. One that cannot be read too: it has error.type, and its text is the body. The summary goes to
standard error. Times of observation are those of the run.
`

/** Text that is written at once. */
const WRITE_CHARACTERS = 2 ** 20

/** `map`: events from standard input, records to standard output. */
export async function map({ env, args, input, out, pour, err, stop }: Outside): Promise<ExitCode> {
  const { values } = parseOptions('map', args, { help: { type: 'boolean' }, kind: { type: 'string' } })
  if (values.help) {
    out(usage)
    return exitCode.ok
  }
  const cutter = cutterOf(values.kind)
  const summary = mapSummary()
  const toRecord = createMapping({ ...mappingSettingsOf(env), onUnknown: summary.onUnknown })

  /** Resolves with whether somebody still reads the output. */
  async function put(events: Iterable<MapEvent>): Promise<boolean> {
    let lines: string[] = []
    let size = 0
    const flush = async () => {
      const isRead = lines.length === 0 || (await pour(lines.join('')))
      if (isRead) summary.written(lines.length)
      lines = []
      size = 0
      return isRead
    }
    try {
      for (const { kind, bytes } of events) {
        const record = toRecord(kind, bytes)
        summary.mapped(kind, record)
        const line = `${logRecordJson(record)}\n`
        lines.push(line)
        size += line.length
        if (size >= WRITE_CHARACTERS && !(await flush())) return false
      }
    } catch (error) {
      await flush()
      throw error
    }
    return await flush()
  }

  let isRead = true
  try {
    for await (const chunk of input) {
      isRead = await put(cutter.push(chunk))
      if (!isRead) return exitCode.ok
    }
    if (!stop.aborted) isRead = await put(cutter.end())
  } finally {
    if (isRead) err(summary.text(cutter.cut))
  }
  if (!isRead || !stop.aborted) return exitCode.ok
  err('map: stopped before the end of the input\n')
  return exitCode.undelivered
}

function cutterOf(kind: string | undefined): EventCutter {
  if (kind === undefined) return answerCutter()
  if (isKind(kind)) return lineCutter(kind)
  throw new CommandError(
    exitCode.settings,
    `map: there is no kind ${JSON.stringify(kind)}; the kinds are ${kinds.join(', ')}`,
  )
}

const isKind = (text: string): text is Kind => (kinds as readonly string[]).includes(text)
