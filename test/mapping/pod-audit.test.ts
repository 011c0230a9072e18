import { expect, test } from 'vitest'
import { attributesOf, mapEvent } from '../support/map-event.ts'

const ts = '2024-05-22T19:10:03.058340+0000'

const event = {
  ts,
  guid: '6a1b6a7e-6b1c-4e0e-9d0e-111111111111',
  audit: {
    level: 'INFO',
    action: 'Edit',
    resourceType: 'policy_routes',
    resourceName: 'default_inbound',
    tags: [
      { name: 'eventSubCategory', value: 'policyRoutes' },
      { name: 'eventDetails', value: '' },
      { name: 'edit.policyRoutes', value: true },
    ],
    user: { email: 'Admin@EXAMPLE.com', id: 'u1', ipAddress: '192.0.2.9', roleAssigned: 'administrator' },
    service: { id: 'idm', cid: 'example_hosted', customerId: 'c-1', ipAddress: '192.0.2.30' },
  },
  metadata: {
    customerId: 'c-1',
    origin: {
      type: 'cadmin-api-gateway',
      schemaVersion: 1,
      data: { agent: '192.0.2.10', cid: 'example_hosted', version: 2 },
    },
    trace: [{ id: 't', ts }],
  },
}

const core = {
  'proofpoint.pod.audit.id': '6a1b6a7e-6b1c-4e0e-9d0e-111111111111',
  'proofpoint.pod.audit.action': 'edit',
  'proofpoint.pod.audit.resource.type': 'policy_routes',
  'proofpoint.pod.audit.resource.name': 'default_inbound',
  'proofpoint.pod.audit.sub_category': 'policyRoutes',
  'proofpoint.pod.audit.outcome': 'success',
  'user.email': 'Admin@example.com',
  'user.id': 'u1',
  'client.address': '192.0.2.9',
  'user.roles': ['administrator'],
  'proofpoint.pod.audit.service.id': 'idm',
  'proofpoint.pod.audit.service.address': '192.0.2.30',
  'proofpoint.customer.id': 'c-1',
  'proofpoint.pod.origin.agent': '192.0.2.10',
  'proofpoint.cluster.id': 'example_hosted',
  'proofpoint.pod.version': '2',
}

test('an audit event has its core facts by default', () => {
  expect(attributesOf('pod.audit', event)).toEqual(core)
})

test('an audit event has its extra facts on demand', () => {
  expect(attributesOf('pod.audit', event, { attributes: 'full' })).toEqual({
    ...core,
    'proofpoint.pod.audit.tag.names': ['eventSubCategory', 'eventDetails', 'edit.policyRoutes'],
    'proofpoint.pod.audit.tag.values': ['policyRoutes', '', 'true'],
    'proofpoint.pod.audit.service.cid': 'example_hosted',
    'proofpoint.pod.audit.service.customer_id': 'c-1',
    'proofpoint.pod.schema_version': '1',
    'proofpoint.pod.origin.type': 'cadmin-api-gateway',
  })
})

test('an agent that is no address is the host', () => {
  const { 'host.name': host, 'proofpoint.pod.origin.agent': agent } = attributesOf('pod.audit', {
    ts,
    metadata: { origin: { data: { agent: 'Gateway.example.com' } } },
  })
  expect([host, agent]).toEqual(['gateway.example.com', 'Gateway.example.com'])
})

test('a failed action has outcome failure', () => {
  const login = { action: 'login', tags: [{ name: 'login.authorization', value: 'false' }] }
  expect(attributesOf('pod.audit', { ts, audit: login })['proofpoint.pod.audit.outcome']).toBe('failure')
})

test('an audit event in a few words', () => {
  expect(mapEvent('pod.audit', event, { body: 'message' }).body).toBe(
    'Audit: Edit policy_routes by Admin@EXAMPLE.com',
  )
})
