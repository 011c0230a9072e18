import { boolean, int, ints, string, strings } from './attribute.ts'

/** The mail itself, under the names of ECS. */
export const email = {
  'email.sender.address': string(
    'The SMTP envelope sender; <> is the null sender of a bounce.',
    'jo@example.com',
  ),
  'email.from.address': strings('The addresses of the From header.', ['jo@example.com']),
  'email.to.address': strings('The addresses of the To header.', ['ann@example.org']),
  'email.cc.address': strings('The addresses of the Cc header.', ['bob@example.org']),
  'email.reply_to.address': strings('The addresses of the Reply-To header.', ['replies@example.com']),
  'email.subject': string('The subject, decoded.', 'Invoice 4711'),
  'email.message_id': string(
    'The Message-ID without its angle brackets; chosen by the sender.',
    '20240522.1@example.com',
  ),
  'email.x_mailer': string('The program that says it wrote the mail.', 'Microsoft Outlook 16.0'),
  'email.direction': string('Which way the mail went: inbound, outbound, internal.', 'inbound'),
  'email.attachments.file.name': strings('File names of the attachments.', ['invoice.pdf']),
  'email.attachments.file.extension': strings('Detected file extensions of the attachments.', ['pdf']),
  'email.attachments.file.mime_type': strings('Detected media types of the attachments.', [
    'application/pdf',
  ]),
  'email.attachments.file.size': ints('Bytes of the attachments; -1 where unknown.', [48213]),
  'email.attachments.file.hash.md5': strings('MD5 of the attachments.', ['d41d8cd98f00b204e9800998ecf8427e']),
  'email.attachments.file.hash.sha256': strings('SHA-256 of the attachments.', [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ]),
}

/** What ECS has no name for. */
export const mail = {
  'proofpoint.message.guid': string(
    'The message inside Proofpoint; the same in PoD and TAP.',
    'rkuzwIede_tYDQ-P7qUoNlwm6Hz3u1R5',
  ),
  'proofpoint.message.qid': string('The sendmail queue id; ids are used again over time.', '4TESTa1b000303'),
  'proofpoint.message.mid': string('The message number inside the Proofpoint server.', '9007199254740991'),
  'proofpoint.message.parent_guid': string(
    'The message that this one was split from.',
    'AAaaA1a30A6A5AA6aaacAAa11a1aAAAA',
  ),
  'proofpoint.message.size': int('Bytes of the mail as it came in.', 48213),
  'proofpoint.message.urls': strings('URLs found in the mail, each once.', ['https://example.com/pay'], 50),
  'proofpoint.envelope.recipients': strings('The SMTP envelope recipients.', ['ann@example.org']),
  'proofpoint.envelope.sender_hashed': string(
    'The envelope sender with its local part hashed by Proofpoint.',
    '0cc175b9@example.com',
  ),
  'proofpoint.envelope.recipients_hashed': strings('The envelope recipients with hashed local parts.', [
    '92eb5ffe@example.org',
  ]),
  'proofpoint.header.from': string(
    'The From header as sent, with its display name.',
    '"Jo Doe" <jo@example.com>',
  ),
  'proofpoint.header.to': strings('The To headers as sent.', ['Ann <ann@example.org>']),
  'proofpoint.header.cc': strings('The Cc headers as sent.', ['Bob <bob@example.org>']),
  'proofpoint.header.reply_to': string('The Reply-To header as sent.', 'Replies <replies@example.com>'),
  'proofpoint.header.return_path': string('The address of the Return-Path header.', 'bounce@example.com'),
  'proofpoint.header.x_originating_ip': strings('The addresses of the X-Originating-IP headers.', [
    '192.0.2.7',
  ]),
  'proofpoint.header.from_display_names': strings('The display names of the From header.', ['Doe, Jo']),
  'proofpoint.policy.routes': strings('The policy routes that the mail matched.', ['default_inbound']),
  'proofpoint.quarantine.folder': string('The quarantine folder that the mail was put into.', 'Phish'),
  'proofpoint.quarantine.folder_id': string('The number of that folder.', '12'),
  'proofpoint.quarantine.module': string('The module that quarantined the mail.', 'spam'),
  'proofpoint.quarantine.rule': string('The rule that quarantined the mail.', 'phish'),
  'proofpoint.quarantine.type': string('The kind of quarantine.', 'quarantine'),
}

/** The MIME parts of a mail: arrays of one group are aligned, so that the same index is the same part. */
export const parts = {
  'proofpoint.part.count': int('How many MIME parts the mail has.', 2),
  'proofpoint.part.dispositions': strings('Whether each part is inline or attached.', ['inline', 'attached']),
  'proofpoint.part.labeled_names': strings('The names the mail gives to its parts.', [
    'text.html',
    'invoice.pdf',
  ]),
  'proofpoint.part.labeled_extensions': strings('The extensions the mail gives to its parts.', [
    'html',
    'pdf',
  ]),
  'proofpoint.part.labeled_mime_types': strings('The media types the mail gives to its parts.', [
    'text/html',
    'application/pdf',
  ]),
  'proofpoint.attachment.sandbox_statuses': strings(
    'What Attachment Defense says of each attachment: unsupported, clean, threat, prefilter, uploaded, inprogress, uploaddisabled.',
    ['clean'],
  ),
  'proofpoint.attachment.any_protected': boolean('Whether a part is protected by a password.', false),
  'proofpoint.attachment.any_archive': boolean('Whether a part is an archive.', true),
  'proofpoint.attachment.any_corrupted': boolean('Whether a part is corrupted.', false),
  'proofpoint.attachment.any_deleted': boolean('Whether a part was deleted.', false),
  'proofpoint.attachment.any_timed_out': boolean('Whether the analysis of a part ran out of time.', false),
  'proofpoint.attachment.any_virtual': boolean('Whether a part is a member of an archive.', true),
}
