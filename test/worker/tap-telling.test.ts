/** What the log says of TAP's clock, by a reader of real answers. */
import { expect, it, onTestFinished } from 'vitest'
import { workerLog } from '../../src/operations/log.ts'
import { tellSkew } from '../../src/worker/tap-telling.ts'
import { MINUTE, NOW, pagesOf, tapOptions } from '../support/tap-reader.ts'
import { answerText, tapServer, tellTime } from '../support/tap-server.ts'

it.each([
  [7, "TAP's clock is 7 min ahead of this machine's: "],
  [-7, "TAP's clock is 7 min behind this machine's: "],
])('a server that is ahead by %i min', async (minutes, words) => {
  const tap = await tapServer(({ to }, response) => {
    tellTime(response, NOW + minutes * MINUTE)
    response.end(answerText({}, to))
  })
  onTestFinished(() => tap.close())
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const log = workerLog({ level: 'info', format: 'json', colour: false, destination })
  await pagesOf({ ...tapOptions(tap.url), onSkew: tellSkew(log, 'tap@p') }, 1)
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { code: 'clock-skew', minutes, msg: expect.stringContaining(`tap@p: ${words}`) },
  ])
})
