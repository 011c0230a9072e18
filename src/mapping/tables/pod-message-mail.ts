/** PoD message: the mail's headers and MIME parts. */
import { aligned, attached, attachedSizes } from '../rules/groups.ts'
import { any, count, each, eachOnce, first, mailboxes } from '../rules/lists.ts'
import { asSent, int, ipAddress, lower, mailAddress, messageIdOf, text } from '../rules/values.ts'
import { body, row } from '../table.ts'

/** The places of an address header, the best read first. */
const mailboxPaths = (header: string): string =>
  ['parsedAddresses', 'normalizedHeader', 'header'].map(place => `msg.${place}.${header}[]`).join(' or ')

/** The places of any other header: decoded, else as sent. */
const headerPaths = (header: string): string => `msg.normalizedHeader.${header}[] or msg.header.${header}[]`

const headerRows = [
  row(mailboxPaths('from'), 'email.from.address', 'C', mailboxes),
  row(mailboxPaths('to'), 'email.to.address', 'C', mailboxes),
  row(mailboxPaths('cc'), 'email.cc.address', 'C', mailboxes),
  row(mailboxPaths('reply-to'), 'email.reply_to.address', 'C', mailboxes),
  row(headerPaths('subject'), 'email.subject', 'C', first(text)),
  row(headerPaths('message-id'), 'email.message_id', 'C', first(messageIdOf)),
  row(headerPaths('x-mailer'), 'email.x_mailer', 'C', first(text)),
  row(headerPaths('return-path'), 'proofpoint.header.return_path', 'E', first(mailAddress)),
  row(headerPaths('x-originating-ip'), 'proofpoint.header.x_originating_ip', 'E', each(ipAddress)),
  row('msg.header.from[]', 'proofpoint.header.from', 'C', first(asSent)),
  row('msg.header.to[]', 'proofpoint.header.to', 'E', each(asSent)),
  row('msg.header.cc[]', 'proofpoint.header.cc', 'E', each(asSent)),
  row('msg.header.reply-to[]', 'proofpoint.header.reply_to', 'E', first(asSent)),
  row('msg.parsedAddresses.fromDisplayNames[]', 'proofpoint.header.from_display_names', 'E', each(text)),
  body('msg.parsedAddresses.{to,cc,reply-to}DisplayNames[]'),
  body('msg.{header,normalizedHeader,parsedAddresses}.{from,to,cc,reply-to,return-path}Hashed[]'),
  row('msg.lang', 'proofpoint.pod.message.language', 'E', lower),
  row('msg.sizeBytes', 'proofpoint.message.size', 'C', int),
]

/** A column of the parts with what tells whether each is an attachment, and a column to fall back on. */
const attachment = (key: string, ...otherwise: string[]): string[] =>
  [key, 'disposition', 'isVirtual', ...otherwise].map(column => `msgParts[].${column}`)

const partRows = [
  row('msgParts[]', 'proofpoint.part.count', 'C', count),
  row(attachment('detectedName', 'labeledName'), 'email.attachments.file.name', 'C', attached(text)),
  row(attachment('detectedExt'), 'email.attachments.file.extension', 'C', attached(lower)),
  row(attachment('detectedMime'), 'email.attachments.file.mime_type', 'C', attached(lower)),
  row(attachment('detectedSizeBytes'), 'email.attachments.file.size', 'C', attachedSizes(int)),
  row(attachment('md5'), 'email.attachments.file.hash.md5', 'C', attached(lower)),
  row(attachment('sha256'), 'email.attachments.file.hash.sha256', 'C', attached(lower)),
  row(attachment('sandboxStatus'), 'proofpoint.attachment.sandbox_statuses', 'C', attached(lower)),
  row('msgParts[].isProtected', 'proofpoint.attachment.any_protected', 'C', any),
  row('msgParts[].isArchive', 'proofpoint.attachment.any_archive', 'C', any),
  row('msgParts[].isCorrupted', 'proofpoint.attachment.any_corrupted', 'C', any),
  row('msgParts[].isDeleted', 'proofpoint.attachment.any_deleted', 'E', any),
  row('msgParts[].isTimedOut', 'proofpoint.attachment.any_timed_out', 'E', any),
  row('msgParts[].isVirtual', 'proofpoint.attachment.any_virtual', 'E', any),
  row('msgParts[].disposition', 'proofpoint.part.dispositions', 'E', aligned(lower)),
  row('msgParts[].labeledName', 'proofpoint.part.labeled_names', 'E', aligned(text)),
  row('msgParts[].labeledExt', 'proofpoint.part.labeled_extensions', 'E', aligned(lower)),
  row('msgParts[].labeledMime', 'proofpoint.part.labeled_mime_types', 'E', aligned(lower)),
  body('msgParts[].{detectedCharset,labeledCharset,sizeDecodedBytes,structureId}'),
  body('msgParts[].metadata.*'),
  body('msgParts[].dataBase64'),
  body('msgParts[].textExtracted'),
  row('msgParts[].urls[].url', 'proofpoint.message.urls', 'E', eachOnce(text)),
  body('msgParts[].urls[].{isRewritten,notRewrittenReason,src}'),
]

export const mailRows = [...headerRows, ...partRows]
