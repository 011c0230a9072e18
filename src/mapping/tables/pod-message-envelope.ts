/** PoD message: identity, origin, connection, SMTP envelope. */
import { addresses, each } from '../rules/lists.ts'
import {
  asText,
  cipherName,
  country,
  envelopeSender,
  exceptNone,
  int,
  ipAddress,
  lower,
  protocolName,
  text,
  tlsEstablished,
  tlsName,
  tlsVersionNumber,
} from '../rules/values.ts'
import { byMapper, row } from '../table.ts'

export const envelopeRows = [
  row('(whole event)', 'log.record.uid', 'R', byMapper('of guid, ts and qid')),
  row('guid', 'proofpoint.message.guid', 'R', text),
  row('filter.qid', 'proofpoint.message.qid', 'C', text),
  row('filter.mid', 'proofpoint.message.mid', 'E', asText),
  row('filter.origGuid', 'proofpoint.message.parent_guid', 'C', text),

  row('pps.cid or metadata.origin.data.cid', 'proofpoint.cluster.id', 'C', text),
  row('pps.agent or metadata.origin.data.agent', 'host.name', 'C', lower),
  row('pps.version or metadata.origin.data.version', 'proofpoint.pod.version', 'C', text),
  row('metadata.customerId', 'proofpoint.customer.id', 'C', text),
  row('metadata.origin.schemaVersion', 'proofpoint.pod.schema_version', 'E', text),
  row('metadata.origin.data.theater', 'proofpoint.pod.theater', 'E', lower),
  row('metadata.origin.data.mode', 'proofpoint.pod.mode', 'E', lower),

  row('connection.ip', 'client.address', 'C', ipAddress),
  row('connection.host', 'proofpoint.pod.connection.host', 'C', lower),
  row('connection.helo', 'proofpoint.pod.connection.helo', 'C', text),
  row('connection.country', 'geo.country.iso_code', 'C', country),
  row('connection.protocol', 'network.protocol.name', 'C', protocolName),
  row('connection.protocol', 'proofpoint.pod.connection.protocol', 'E', text),
  row('connection.resolveStatus', 'proofpoint.pod.connection.resolve_status', 'E', lower),
  row('connection.sid', 'proofpoint.pod.connection.sid', 'C', text),
  row('connection.tls.inbound.version', 'tls.protocol.version', 'C', tlsVersionNumber),
  row('connection.tls.inbound.version', 'tls.protocol.name', 'C', tlsName),
  row('connection.tls.inbound.version', 'tls.established', 'C', tlsEstablished),
  row('connection.tls.inbound.cipher', 'tls.cipher', 'C', cipherName),
  row('connection.tls.inbound.cipher', 'proofpoint.pod.tls.cipher', 'C', exceptNone),
  row('connection.tls.inbound.cipherBits', 'proofpoint.pod.tls.cipher_bits', 'E', int),
  row('connection.tls.inbound.policy', 'proofpoint.pod.tls.policy', 'E', text),

  row('envelope.from', 'email.sender.address', 'C', envelopeSender),
  row('envelope.fromHashed', 'proofpoint.envelope.sender_hashed', 'E', text),
  row('envelope.rcpts[]', 'proofpoint.envelope.recipients', 'C', addresses),
  row('envelope.rcptsHashed[]', 'proofpoint.envelope.recipients_hashed', 'E', each(text)),
]
