/** PoD `type=audit` records: what administrators did in the portal. */
import type { Draws } from '../random.ts'
import { podTime } from './times.ts'

interface Deed {
  readonly action: string
  readonly resourceType: string
  readonly resourceName?: string
  readonly subCategory: string
  readonly details: string
}

const deeds: readonly Deed[] = [
  { action: 'login', resourceType: 'authorization', subCategory: 'authorization', details: '' },
  { action: 'login', resourceType: 'authorization', subCategory: 'authorization', details: 'SSO' },
  { action: 'logout', resourceType: 'authorization', subCategory: 'authorization', details: '' },
  {
    action: 'edit',
    resourceType: 'policy_routes',
    resourceName: 'default_inbound',
    subCategory: 'policyRoutes',
    details: '{"before":{"enabled":true},"after":{"enabled":false,"note":"Prüfung"}}',
  },
  {
    action: 'read',
    resourceType: 'smart_search',
    resourceName: 'Smart Search',
    subCategory: 'search',
    details: 'sender=anna.rossi%40example.com&from=2026-01-01&limit=100',
  },
  {
    action: 'create',
    resourceType: 'config',
    resourceName: 'PoD Logging',
    subCategory: 'threatProtectionApiKeys',
    details: 'Key "collector" created',
  },
  {
    action: 'delete',
    resourceType: 'spam_module',
    resourceName: 'quarantine_phish',
    subCategory: 'spamDetection.policies',
    details: 'Rule removed',
  },
]

/** The record's guid, of fresh draws. */
export const auditGuid = (draws: Draws): string => draws.uuid()

/** One record, of fresh draws; the guid is drawn first. */
export function audit(draws: Draws, atUs: number, cluster: string): object {
  const guid = auditGuid(draws)
  const { action, resourceType, resourceName, subCategory, details } = draws.pick(deeds)
  const failed = draws.chance(action === 'login' ? 0.2 : 0.02)
  return {
    guid,
    ts: podTime(atUs, '+0000'),
    audit: {
      action,
      level: 'INFO',
      resourceType,
      ...(resourceName ? { resourceName } : {}),
      tags: [
        { name: 'eventSubCategory', value: subCategory },
        { name: 'eventDetails', value: details },
        { name: `${action}.${subCategory}`, value: String(!failed) },
      ],
      user: {
        email: `${draws.pick(['admin', 'anna.rossi', 'soc'])}@example.com`,
        id: draws.uuid(),
        ipAddress: draws.chance(0.2) ? `2001:db8::${draws.hex(4)}` : `198.51.100.${1 + draws.below(254)}`,
        ...(draws.chance(0.2) ? { [draws.pick(['rolesAssigned', 'roleAssigned'])]: ['Administrator'] } : {}),
      },
    },
    metadata: {
      customerId: '5a1c1d5e-0000-4000-8000-000000000001',
      origin: {
        type: 'cadmin-api-gateway',
        schemaVersion: '1.0',
        data: { agent: '192.0.2.80', cid: cluster, version: '1.0' },
      },
    },
  }
}
