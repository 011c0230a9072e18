/** PoD `maillog`: one line of sendmail. A mail gives one line of type from, and one of type to for each try to pass it on. */
import { identity } from '../rules/identity.ts'
import { addresses } from '../rules/lists.ts'
import {
  clientAddress,
  duration,
  failureOf,
  lineType,
  loggedCipherName,
  maillogSeverity,
  mailProtocol,
  peerAddress,
  processId,
  serverAddress,
  shortResult,
} from '../rules/pod-maillog.ts'
import {
  asSent,
  exceptNone,
  int,
  lower,
  mailAddress,
  messageIdOf,
  text,
  timestamp,
  tlsEstablished,
  tlsName,
  tlsVersionNumber,
} from '../rules/values.ts'
import { body, byMapper, derive, row, type Table } from '../table.ts'

/** What tells the type of a line. */
const line = ['sm.from', 'sm.sizeBytes', 'sm.nrcpts', 'sm.to[]', 'sm.stat']

export const podMaillog: Table = {
  rows: [
    row('(whole event)', 'log.record.uid', 'R', byMapper('of id, ts and data')),
    row('id', 'proofpoint.pod.maillog.id', 'R', text),
    body('data'),
    row('data', 'process.pid', 'E', processId),
    row('sm.qid', 'proofpoint.message.qid', 'C', text),
    row(line, 'proofpoint.pod.maillog.type', 'C', lineType),
    row('sm.from', 'email.sender.address', 'C', mailAddress),
    row('sm.to[]', 'proofpoint.envelope.recipients', 'C', addresses),
    row('sm.ctladdr', 'proofpoint.pod.maillog.ctladdr', 'E', text),
    row('sm.msgid', 'email.message_id', 'C', messageIdOf),
    row('sm.sizeBytes', 'proofpoint.message.size', 'C', int),
    row('sm.nrcpts', 'proofpoint.pod.maillog.nrcpts', 'C', int),
    row('sm.proto', 'network.protocol.name', 'C', mailProtocol),
    row('sm.proto', 'proofpoint.pod.maillog.proto', 'E', lower),
    row('sm.daemon', 'proofpoint.pod.maillog.daemon', 'E', text),
    row('sm.mailer', 'proofpoint.pod.maillog.mailer', 'C', lower),
    row(['sm.relay', ...line], 'client.address', 'C', clientAddress),
    row(['sm.relay', ...line], 'server.address', 'C', serverAddress),
    row(['sm.relay', ...line], 'network.peer.address', 'C', peerAddress),
    row('sm.relay', 'proofpoint.pod.maillog.relay', 'C', text),
    row('sm.stat', 'proofpoint.pod.maillog.stat', 'C', text),
    row('sm.stat', 'proofpoint.pod.maillog.result', 'C', shortResult),
    row('sm.dsn', 'proofpoint.pod.maillog.dsn', 'C', text),
    row('sm.dsn', 'error.type', 'C', failureOf),
    row('sm.delay', 'proofpoint.pod.maillog.delay', 'C', duration),
    row('sm.xdelay', 'proofpoint.pod.maillog.xdelay', 'E', duration),
    row('sm.pri', 'proofpoint.pod.maillog.priority', 'E', int),
    row('sm.class', 'proofpoint.pod.maillog.class', 'E', int),
    row('sm.auth', 'proofpoint.pod.maillog.auth', 'E', exceptNone),

    row('tls.verify or sm.tls.verify', 'proofpoint.pod.tls.verify', 'C', text),
    row('tls.version', 'tls.protocol.version', 'C', tlsVersionNumber),
    row('tls.version', 'tls.protocol.name', 'C', tlsName),
    row('tls.version', 'tls.established', 'C', tlsEstablished),
    row('tls.cipher', 'tls.cipher', 'C', loggedCipherName),
    row('tls.cipher', 'proofpoint.pod.tls.cipher', 'C', exceptNone),

    row('pps.agent or metadata.origin.data.agent', 'host.name', 'C', lower),
    row('pps.cid or metadata.origin.data.cid', 'proofpoint.cluster.id', 'C', text),
    row('pps.version or metadata.origin.data.version', 'proofpoint.pod.version', 'C', text),
    row('metadata.customerId', 'proofpoint.customer.id', 'C', text),
    row('metadata.origin.schemaVersion', 'proofpoint.pod.schema_version', 'E', text),
  ],
  created: derive('ts', timestamp),
  occurred: derive('ts', timestamp),
  severity: derive(['sm.dsn', 'sm.stat'], maillogSeverity),
  name: derive('id', text),
  summary: derive('data', asSent),
  identity: derive(['metadata.origin.data.cid', 'pps.cid', 'id', 'ts', 'data'], identity),
}
