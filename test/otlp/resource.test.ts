import { expect, test } from 'vitest'
import { type OriginOptions, origins } from '../../src/otlp/resource.ts'
import { kinds } from '../../src/pipeline.ts'

const pod: OriginOptions = { product: 'pod', account: 'example_hosted', version: '1.2.3', attributes: {} }

test('the resource names product, account and worker', () => {
  const { resource } = origins(pod)('pod.message')
  expect(resource.attributes).toEqual({
    'service.name': 'proofpoint-pod',
    'service.namespace': 'proofpoint',
    // python3 -c "import uuid; print(uuid.uuid5(uuid.UUID('4d63009a-8d0f-11ee-aad7-4c796ed8e320'), 'example_hosted'))"
    'service.instance.id': '7d63e339-e09b-50a9-b7d3-9d96da60a78b',
    'proofpoint.cluster.id': 'example_hosted',
    'telemetry.distro.name': 'proofpoint-otel',
    'telemetry.distro.version': '1.2.3',
  })
  expect(resource.schemaUrl).toBe('https://opentelemetry.io/schemas/1.45.0')
})

test('a TAP resource has its own name and no cluster', () => {
  const { resource } = origins({ ...pod, product: 'tap', account: 'principal' })('tap.click.blocked')
  expect(resource.attributes).toMatchObject({ 'service.name': 'proofpoint-tap' })
  expect(resource.attributes).not.toHaveProperty('proofpoint.cluster.id')
})

test('attributes of the environment are added, but never replace the identity', () => {
  const { resource } = origins({
    ...pod,
    attributes: { 'deployment.environment.name': 'test', 'service.name': 'mine', 'service.instance.id': 'x' },
  })('pod.audit')
  expect(resource.attributes).toMatchObject({
    'deployment.environment.name': 'test',
    'service.name': 'proofpoint-pod',
    'service.instance.id': '7d63e339-e09b-50a9-b7d3-9d96da60a78b',
  })
})

test('a service name may be given', () => {
  expect(origins({ ...pod, serviceName: 'mail' })('pod.audit').resource.attributes).toMatchObject({
    'service.name': 'mail',
  })
})

test('the same objects come at each call, one resource for all kinds', () => {
  const originOf = origins(pod)
  expect(originOf('pod.message').scope).toBe(originOf('pod.message').scope)
  expect(new Set(kinds.map(kind => originOf(kind).resource)).size).toBe(1)
})

test('the scope tells the format of the source', () => {
  const originOf = origins(pod)
  expect(originOf('pod.maillog').scope).toEqual({
    name: 'proofpoint-otel',
    version: '1.2.3',
    schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
    attributes: { 'encoding.format': 'proofpoint.pod.maillog', 'proofpoint.mapping.version': '1' },
  })
  expect(originOf('tap.message.delivered').scope).toBe(originOf('tap.message.blocked').scope)
  const formats = new Set(kinds.map(kind => originOf(kind).scope.attributes?.['encoding.format']))
  expect([...formats]).toEqual([
    'proofpoint.pod.message',
    'proofpoint.pod.maillog',
    'proofpoint.pod.audit',
    'proofpoint.tap.message',
    'proofpoint.tap.click',
    'proofpoint.tap.unknown',
  ])
})
