import { int, string } from './attribute.ts'

/** One line of sendmail: a mail taken in (from) or one try to pass it on (to). */
export const maillog = {
  'proofpoint.pod.maillog.id': string('The id of the log line.', 'mNPe0oE7/1+aXyzAbCdEfg'),
  'proofpoint.pod.maillog.type': string('What the line tells of: from, to, or other.', 'to'),
  'proofpoint.pod.maillog.ctladdr': string(
    'The user on whose behalf the mail is delivered.',
    '<jo@example.com> (8/0)',
  ),
  'proofpoint.pod.maillog.nrcpts': int('How many recipients the mail has.', 1),
  'proofpoint.pod.maillog.proto': string('The protocol as sendmail names it.', 'esmtp'),
  'proofpoint.pod.maillog.daemon': string('The daemon that took the mail in.', 'MTA'),
  'proofpoint.pod.maillog.mailer': string(
    'The delivery agent: esmtp, relay, local, dsn, *file* and others.',
    'esmtp',
  ),
  'proofpoint.pod.maillog.relay': string(
    'The other host as sendmail writes it.',
    'mx.example.org. [192.0.2.25]',
  ),
  'proofpoint.pod.maillog.stat': string('The status as sendmail writes it.', 'Sent (Ok: queued)'),
  'proofpoint.pod.maillog.result': string(
    'The first words of the status: sent, deferred, user_unknown and others.',
    'sent',
  ),
  'proofpoint.pod.maillog.dsn': string('The enhanced status code of RFC 3463.', '2.0.0'),
  'proofpoint.pod.maillog.delay': int('Seconds since the mail was taken in.', 1),
  'proofpoint.pod.maillog.xdelay': int('Seconds that this try took.', 1),
  'proofpoint.pod.maillog.priority': int('The priority in the queue.', 121557),
  'proofpoint.pod.maillog.class': int('The precedence class of the mail.', 0),
  'proofpoint.pod.maillog.auth': string('The mechanism of SMTP AUTH.', 'PLAIN'),
}
