/** `msgParts` of a PoD message record: the MIME parts, what they claim to be and what was found. */
import type { Draws } from '../random.ts'
import type { Mail } from './mail.ts'

const paragraph =
  'Dear colleague, please find below the points we agreed on last week. The next step is with your team; ' +
  'the figures for the quarter are in the table. Grüße aus München, and 宜しくお願いします. '
const texts = [1, 3, 6].map(times => Buffer.from(paragraph.repeat(times)).toString('base64'))
const pages = [
  'offers/summer',
  'unsubscribe',
  'account/verify',
  'news/2026/06',
  'docs/shared',
  'img/pixel.gif',
  'help',
]
const attachments = [
  { name: 'report.pdf', ext: 'pdf', mime: 'application/pdf', archive: false },
  {
    name: 'Rechnung März.docx',
    ext: 'docx',
    mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    archive: false,
  },
  {
    name: 'figures, final.xlsx',
    ext: 'xlsx',
    mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    archive: false,
  },
  { name: 'scan_0042.zip', ext: 'zip', mime: 'application/zip', archive: true },
] as const

/** Releases 8.14 and 8.19 print a Perl reference here instead of the content, with a newline. */
const perlReference = (draws: Draws) => Buffer.from(`SCALAR(0x7f${draws.hex(10)})\n`).toString('base64')
const content = (draws: Draws) => (draws.chance(0.85) ? perlReference(draws) : draws.pick(texts))

interface Labels {
  readonly name: string
  readonly ext: string
  readonly mime: string
  readonly charset: string
}

function part(draws: Draws, structureId: number, disposition: 'inline' | 'attached', labels: Labels) {
  const size = 200 + draws.below(disposition === 'inline' ? 20_000 : 900_000)
  return {
    structureId: String(structureId),
    disposition,
    md5: draws.hex(32),
    sha256: draws.hex(64),
    labeledName: labels.name,
    labeledExt: labels.ext,
    labeledMime: labels.mime,
    labeledCharset: labels.charset,
    detectedName: labels.name,
    detectedExt: labels.ext.toUpperCase(),
    detectedMime: labels.mime,
    detectedCharset: draws.chance(0.3) ? '' : labels.charset,
    detectedSizeBytes: size,
    sizeDecodedBytes: draws.chance(0.1) ? String(size) : size,
    isArchive: labels.ext === 'zip',
    isCorrupted: false,
    isDeleted: false,
    isProtected: labels.ext === 'zip' && draws.chance(0.3),
    isTimedOut: false,
    isVirtual: false,
    dataBase64: content(draws),
    textExtracted: content(draws),
  }
}

function urls(draws: Draws, host: string) {
  return Array.from({ length: 4 + draws.below(9) }, () => {
    const url = `https://www.${host}/${draws.pick(pages)}?id=${draws.hex(16)}&u=${draws.base64url(24)}`
    const fate = draws.below(10)
    if (fate < 2) return { url: `mailto:${draws.base36(8)}@${host}?subject=Unsubscribe`, src: ['filter'] }
    if (fate < 4) return { url, src: ['filter'] }
    if (fate === 4) {
      return {
        url,
        src: ['filter', 'urldefense'],
        isRewritten: false,
        notRewrittenReason: 'isExcludedDomain',
      }
    }
    return { url, src: ['filter', 'urldefense'], isRewritten: true, notRewrittenReason: '' }
  })
}

/** What the document extractor found; the spelling of some keys is as odd as in reality. */
function documentMetadata(draws: Draws) {
  return {
    appname: 'Microsoft Office',
    appversion: '16.0300',
    author: draws.pick(['Anna Rossi', 'Dörte Müller', '']),
    codepage: 65001,
    created: '2026-01-12T08:30:00Z',
    lastauthor: 'Bob Smith',
    wordcount: String(draws.below(5000)),
    ...(draws.chance(0.3) ? { '': 'no name', ' ': 'blank name' } : {}),
  }
}

function attachment(draws: Draws, mail: Mail, structureId: number) {
  const file = draws.pick(attachments)
  return {
    ...part(draws, structureId, 'attached', { ...file, charset: '' }),
    metadata: file.archive ? {} : documentMetadata(draws),
    ...(draws.chance(0.7)
      ? { sandboxStatus: mail.verdict === 'malware' ? 'threat' : draws.pick(['clean', 'unsupported']) }
      : {}),
  }
}

/** Undefined where the record has no `msgParts` at all. */
export function messageParts(draws: Draws, mail: Mail, host: string): object[] | undefined {
  const shape = draws.below(100)
  if (shape < 3) return undefined
  if (shape < 6) return []
  const plain = {
    name: 'text.txt',
    ext: 'txt',
    mime: 'text/plain',
    charset: draws.pick(['UTF-8', 'US-ASCII', 'iso-8859-1']),
  }
  const html = { name: 'text.html', ext: 'html', mime: 'text/html', charset: 'UTF-8' }
  return [
    { ...part(draws, 0, 'inline', plain), metadata: {}, urls: [] },
    { ...part(draws, 1, 'inline', html), metadata: {}, urls: urls(draws, host) },
    ...(mail.verdict === 'malware' || draws.chance(0.3) ? [attachment(draws, mail, 2)] : []),
  ]
}
