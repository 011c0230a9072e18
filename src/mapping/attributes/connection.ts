import { boolean, int, string } from './attribute.ts'

/** Who talked to whom. */
export const connection = {
  'client.address': string(
    'The address that connected: the sending host; on a click the user who clicked.',
    '192.0.2.1',
  ),
  'server.address': string(
    'The host that the mail was delivered to; its address where no name is known.',
    'mx.example.org',
  ),
  'network.peer.address': string('The address that the mail was delivered to.', '192.0.2.25'),
  'network.protocol.name': string('The mail protocol.', 'smtp'),
  'geo.country.iso_code': string('The country of client.address.', 'US'),
  'tls.protocol.version': string('The version of TLS.', '1.3'),
  'tls.protocol.name': string('The name of the protocol: tls or ssl.', 'tls'),
  'tls.established': boolean('Whether the connection was encrypted.', true),
  'tls.cipher': string('The cipher suite under its IANA name.', 'TLS_AES_256_GCM_SHA384'),
  'proofpoint.pod.tls.cipher': string(
    'The cipher suite as Proofpoint names it.',
    'ECDHE-RSA-AES256-GCM-SHA384',
  ),
  'proofpoint.pod.tls.cipher_bits': int('Key bits of the cipher.', 256),
  'proofpoint.pod.tls.policy': string('The TLS policy that was applied.', 'opportunistic'),
  'proofpoint.pod.tls.verify': string(
    'Whether the certificate was verified: OK, FAIL, NO, NONE and others.',
    'OK',
  ),
  'proofpoint.pod.connection.host': string('The reverse look-up of the sending host.', 'mail.example.com'),
  'proofpoint.pod.connection.helo': string('What the sending host called itself.', 'mail.example.com'),
  'proofpoint.pod.connection.protocol': string('The protocol and its sub-protocol.', 'smtp:smtp'),
  'proofpoint.pod.connection.resolve_status': string('How the reverse look-up went.', 'ok'),
  'proofpoint.pod.connection.sid': string('The SMTP session; several mails can share it.', '3j6jew035h'),
}
