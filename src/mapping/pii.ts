/** Which attributes hold personal data, by class. Readers of the records must be allowed to see it. */
import type { AttributeName } from './attributes.ts'

export const piiClasses = {
  addresses: [
    'email.sender.address',
    'email.from.address',
    'email.to.address',
    'email.cc.address',
    'email.reply_to.address',
    'proofpoint.envelope.sender_hashed',
    'proofpoint.envelope.recipients',
    'proofpoint.envelope.recipients_hashed',
    'proofpoint.pod.recipient.verified',
    'proofpoint.pod.recipient.verified_hashed',
    'proofpoint.pod.recipient.delivered',
    'proofpoint.pod.recipient.aliased',
    'proofpoint.pod.recipient.pe',
    'proofpoint.pod.recipient.smime',
    'proofpoint.pod.recipient.smime_signed',
    'proofpoint.header.from',
    'proofpoint.header.to',
    'proofpoint.header.cc',
    'proofpoint.header.reply_to',
    'proofpoint.header.return_path',
    'user.email',
    'proofpoint.pod.maillog.ctladdr',
    'proofpoint.threat.artifacts',
  ],
  names: [
    'proofpoint.header.from_display_names',
    'proofpoint.header.from',
    'proofpoint.header.to',
    'proofpoint.header.cc',
    'proofpoint.header.reply_to',
  ],
  subject: ['email.subject'],
  attachments: ['email.attachments.file.name', 'proofpoint.part.labeled_names'],
  urls: [
    'url.full',
    'url.original',
    'proofpoint.message.urls',
    'proofpoint.pod.urldefense.rewritten_urls',
    'proofpoint.threat.artifacts',
  ],
  ips: [
    'client.address',
    'proofpoint.sender.ip',
    'proofpoint.header.x_originating_ip',
    'proofpoint.pod.throttle_ip',
    'network.peer.address',
  ],
  user_ids: ['user.id', 'user_agent.original'],
  free_text: [
    'proofpoint.pod.maillog.stat',
    'proofpoint.pod.audit.details',
    'proofpoint.pod.audit.tag.values',
    'proofpoint.pod.audit.resource.name',
    'proofpoint.pod.connection.helo',
    'email.message_id',
  ],
} as const satisfies Record<string, readonly AttributeName[]>

const classes: readonly (readonly [string, readonly string[]])[] = Object.entries(piiClasses)

export const piiOf = (name: AttributeName): string[] =>
  classes.filter(([, names]) => names.includes(name)).map(([piiClass]) => piiClass)
