import { string, strings } from './attribute.ts'

/** What an administrator or a service did in the admin portal. */
export const audit = {
  'proofpoint.pod.audit.id': string('The id of the audit event.', '6a1b6a7e-6b1c-4e0e-9d0e-111111111111'),
  'proofpoint.pod.audit.action': string(
    'What was done: login, logout, create, read, edit, delete, execute, download and others.',
    'login',
  ),
  'proofpoint.pod.audit.outcome': string('Whether it succeeded: success or failure.', 'success'),
  'proofpoint.pod.audit.sub_category': string('The part of the portal.', 'authorization'),
  'proofpoint.pod.audit.details': string('Details in free text.', 'Policy route added'),
  'proofpoint.pod.audit.resource.type': string('The kind of thing it was done to.', 'policy_routes'),
  'proofpoint.pod.audit.resource.name': string('The thing it was done to.', 'default_inbound'),
  'proofpoint.pod.audit.tag.names': strings('The names of all tags.', ['eventSubCategory']),
  'proofpoint.pod.audit.tag.values': strings('The values of all tags.', ['authorization']),
  'proofpoint.pod.audit.service.id': string('The service that acted.', 'idm'),
  'proofpoint.pod.audit.service.cid': string('The cluster of that service.', 'example_hosted'),
  'proofpoint.pod.audit.service.customer_id': string(
    'The customer of that service.',
    '6ae809da-7151-354f-8d3c-40fe90ec6eca',
  ),
  'proofpoint.pod.audit.service.address': string('The address of that service.', '192.0.2.30'),
  'user.email': string('Who acted; on a click the recipient, who presumably clicked.', 'admin@example.com'),
  'user.id': string('The id of the user.', 'a1b2c3'),
  'user.roles': strings('The roles of the user.', ['administrator']),
}
