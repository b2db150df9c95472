import { describe, expect, it } from 'vitest';
import { planRequestSchema } from './assignments.ts';
import { createFreezeSchema } from './freezes.ts';
import { momentSchema } from './history.ts';
import { addressSchema, durationMsSchema, registerInstanceSchema } from './instances.ts';
import { nameSchema, timestampSchema, versionLabelSchema } from './primitives.ts';
import { routeRequestSchema } from './routing.ts';
import { createVersionSchema, defaultVersionsSchema } from './services.ts';
import { updateTenantSchema } from './tenants.ts';
import { startUpgradeSchema } from './upgrades.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('names', () => {
  it.each(['acme-corp', 'A', '0', 'a.b_c-d', 'x'.repeat(64)])('accept %s', (name) =>
    expect(accepts(nameSchema, name)).toBe(true),
  );
  it.each(['', '-a', 'a b', 'a/b', 'a\u0000', '租户', 'x'.repeat(65), '__proto__', null])('refuse %j', (name) =>
    expect(accepts(nameSchema, name)).toBe(false),
  );
  it('of versions may carry build metadata', () =>
    expect(accepts(versionLabelSchema, '1.2.3-rc.1+build.5')).toBe(true));
});

describe('a time', () => {
  it.each(['0001-01-01T00:00:00Z', '2026-02-28T12:00:00.123Z', '9999-12-31T23:59:59.999Z'])('may be %s', (text) => {
    expect(accepts(timestampSchema, text)).toBe(true);
    expect(accepts(momentSchema, text)).toBe(true);
  });
  it('is one that the database can hold', () => {
    expect(accepts(timestampSchema, '0000-12-31T23:59:59Z')).toBe(false);
    for (const text of ['0000-12-31T23:59:59Z', '0001-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00'])
      expect(accepts(momentSchema, text)).toBe(false);
    const freeze = { title: 'T', reason: 'R', startsAt: '2026-01-01T00:00:00Z' };
    expect(accepts(createFreezeSchema, { ...freeze, endsAt: '9999-12-31T23:59:59-01:00' })).toBe(false);
    expect(accepts(createFreezeSchema, { ...freeze, endsAt: '9999-12-31T23:59:59Z' })).toBe(true);
  });
});

describe('a weighted default', () => {
  it('adds up to 10 000 basis points', () => {
    expect(
      accepts(defaultVersionsSchema, [
        { version: '1', weight: 9999 },
        { version: '2', weight: 1 },
      ]),
    ).toBe(true);
    expect(accepts(defaultVersionsSchema, [{ version: '1', weight: 9999 }])).toBe(false);
  });
  it('names each version once', () =>
    expect(
      accepts(defaultVersionsSchema, [
        { version: '1', weight: 5000 },
        { version: '1', weight: 5000 },
      ]),
    ).toBe(false));
  it('may be none', () => expect(accepts(defaultVersionsSchema, [])).toBe(true));
});

describe('a registration', () => {
  const registration = {
    serviceId: 'user-service',
    instanceId: 'user-service-v2-1',
    version: '2.1.0',
    address: '10.0.1.15:8080',
  };
  it('takes durations as text and gives milliseconds', () => {
    const parsed = registerInstanceSchema.parse({
      ...registration,
      healthCheck: { endpoint: '/health', interval: '30s', timeout: '5s' },
    });
    expect(parsed.healthCheck).toEqual({ endpoint: '/health', interval: 30_000, timeout: 5_000 });
    expect(parsed).toMatchObject({ ttlMs: 15_000, metadata: { weight: 100, tags: [] } });
  });
  it.each([
    ['500ms', 500],
    ['2m', 120_000],
    [750, 750],
  ])('reads %s as %d ms', (text, ms) => expect(durationMsSchema.parse(text)).toBe(ms));
  it.each(['10.0.0.1', ':80', '10.0.0.1:0', '10.0.0.1:65536', 'a b:80', 'http://a:80', '10.0.0.1:80/x'])(
    'refuses the address %s',
    (address) => expect(accepts(addressSchema, address)).toBe(false),
  );
  it.each(['10.0.0.1:80', 'pod-1.svc.local:8080', '[::1]:65535'])('accepts the address %s', (address) =>
    expect(accepts(addressSchema, address)).toBe(true),
  );
});

describe('requests', () => {
  it('to route accept structured and flat metadata alike', () => {
    expect(
      accepts(routeRequestSchema, {
        tenantId: 'a',
        serviceName: 'b',
        requestMetadata: { userId: 'u', headers: { 'X-Beta': '1' }, plan: 'gold' },
      }),
    ).toBe(true);
    expect(
      accepts(routeRequestSchema, { tenantId: 'a', serviceName: 'b', requestMetadata: { plan: { nested: 1 } } }),
    ).toBe(false);
  });
  it('to plan select explicitly: nothing selected is refused', () => {
    expect(accepts(planRequestSchema, { targets: [{ serviceId: 's', targetVersion: '1' }] })).toBe(false);
    expect(
      accepts(planRequestSchema, {
        selection: { kind: 'tenants', tenantIds: [] },
        targets: [{ serviceId: 's', targetVersion: '1' }],
      }),
    ).toBe(false);
    expect(
      accepts(planRequestSchema, { selection: { kind: 'all' }, targets: [{ serviceId: 's', targetVersion: null }] }),
    ).toBe(true);
  });
  it('to update name something to change', () =>
    expect(accepts(updateTenantSchema, { reason: 'just because' })).toBe(false));
  it('to declare a version order the schema range', () =>
    expect(accepts(createVersionSchema, { version: '1', schemaMin: 5, schemaMax: 4 })).toBe(false));
  it.each(['schemaMin', 'schemaMax'])('to declare a %s the number of a schema that can be kept', (field) => {
    expect(accepts(createVersionSchema, { version: '1', [field]: 2_147_483_647 })).toBe(true);
    expect(accepts(createVersionSchema, { version: '1', [field]: 2_147_483_648 })).toBe(false);
  });
  it('to ask a hook an address without a password, which everybody would see', () => {
    const upgrade = (hookUrl: string) => ({ toVersion: 'v2', options: { gates: { hookUrl } } });
    expect(accepts(startUpgradeSchema, upgrade('https://metrics.example/judge?service=pay'))).toBe(true);
    expect(accepts(startUpgradeSchema, upgrade('https://grey:secret@metrics.example/judge'))).toBe(false);
  });
});
