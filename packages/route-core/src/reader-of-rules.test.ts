import { expect, it } from 'vitest';
import { formatOfDelta, needsReaderOfRules } from './reader-of-rules.ts';
import type { ServiceRecord } from './records.ts';

const plain: ServiceRecord = {
  id: 'pay',
  unknownTenant: 'reject',
  balancer: 'round_robin',
  fallback: 'fail',
  defaults: [{ version: 'v1', weight: 10_000 }],
  versions: [{ version: 'v1', ordinal: 1, status: 'active', flags: [] }],
  experiments: [],
};
const at = { epoch: 'e', revision: 2 };

it.each<[string, Partial<ServiceRecord>]>([
  ['rules', { ruleSet: { number: 1, normalizePath: false, rules: [] } }],
  ['balancing', { balancing: {} }],
  ['a named fallback', { fallback: 'version', fallbackVersion: 'v1' }],
  [
    'an experiment',
    {
      experiments: [
        {
          id: 'x',
          isRunning: false,
          unit: { by: 'user' },
          whenMissing: 'skip',
          salt: 's',
          hashing: 'murmur3',
          variants: [],
        },
      ],
    },
  ],
  ['buckets of its default', { defaults: [{ version: 'v1', weight: 10_000, ranges: [[0, 10_000]] }] }],
  ['a flag', { versions: [{ ...plain.versions[0]!, flags: [{ name: 'f', isEnabled: true, value: 1, rules: [] }] }] }],
])('a service with %s is not for readers from before', (_, more) => {
  const service = { ...plain, ...more };
  expect(needsReaderOfRules(service)).toBe(true);
  expect(formatOfDelta({ ...at, services: { upsert: [plain, service] } })).toBe(2);
});

it('what readers from before act on is still for them', () => {
  const schema = { tenantId: 't', serviceId: 's', schemaVersion: 1 };
  expect(needsReaderOfRules(plain)).toBe(false);
  expect(formatOfDelta({ ...at, services: { upsert: [plain], remove: ['x'] } })).toBe(1);
  expect(formatOfDelta({ ...at, services: { remove: ['x'] } })).toBe(1);
  expect(formatOfDelta(at)).toBe(1);
  expect(formatOfDelta({ ...at, schemas: { upsert: [schema], remove: [schema] } })).toBe(1);
  expect(formatOfDelta({ ...at, schemas: { upsert: [schema, { ...schema, expandedTo: 2 }] } })).toBe(3);
  expect(formatOfDelta({ ...at, schemas: { upsert: [{ ...schema, isMigrating: true }] } })).toBe(3);
  expect(formatOfDelta({ ...at, schemas: { upsert: [{ ...schema, isMigrating: false }] } })).toBe(1);
});

it('a lane that is removed is not for readers from before either', () => {
  expect(formatOfDelta({ ...at, lanes: { remove: ['beta'] } })).toBe(2);
});
