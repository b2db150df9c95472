import { routeResponseSchema } from '@grey/contracts';
import type { InstanceRecord, RoutedDecision } from '@grey/route-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeRouted } from './encode-answer.ts';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
const instance: fc.Arbitrary<InstanceRecord> = fc.record({
  serviceId: name,
  instanceId: fc.string({ unit: 'binary', minLength: 1 }),
  version: name,
  address: fc.string({ unit: 'grapheme', minLength: 1 }),
  weight: fc.constant(1),
  health: fc.constant('healthy' as const),
  isEnabled: fc.constant(true),
});
const decision: fc.Arbitrary<RoutedDecision> = fc
  .record({
    instance,
    tenantId: name,
    bucket: fc.option(fc.nat(9_999)),
    rule: fc.option(name),
    experiment: fc.option(fc.record({ id: name, variant: name })),
    lane: fc.option(fc.string({ unit: 'binary' })),
    mirror: fc.option(fc.record({ version: name, instance })),
    flags: fc.option(fc.dictionary(name, fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.integer()))),
    isRevisionMissed: fc.boolean(),
    holds: fc.array(name, { maxLength: 2 }),
    fallback: fc.option(
      fc.record({
        from: name,
        to: name,
        cause: fc.constant('NO_INSTANCE' as const),
        mode: fc.constant('nearest' as const),
      }),
    ),
    isDegraded: fc.boolean(),
    revision: fc.nat(),
  })
  .map((parts) => ({
    ...parts,
    ok: true,
    serviceName: parts.instance.serviceId,
    version: parts.instance.version,
    reason: 'ASSIGNMENT',
    isHeld: parts.holds.length > 0,
    epoch: 'e1',
  }));

it('tells a decision in ASCII, whatever a registry calls its instances', () => {
  fc.assert(
    fc.property(decision, (one) => {
      const text = encodeRouted(one, '2026-11-21T00:00:00.000Z');
      expect(Buffer.byteLength(text)).toBe(text.length);
      const told = routeResponseSchema.strict().parse(JSON.parse(text));
      const { ok: _ok, isHeld: _isHeld, mirror, instance: _instance, ...same } = one;
      expect(told).toMatchObject(same);
      expect(told.mirror).toEqual(
        mirror && {
          version: mirror.version,
          instance: mirror.instance.address,
          instanceId: mirror.instance.instanceId,
        },
      );
      expect(told.instance).toBe(one.instance.address);
      expect(told.instanceId).toBe(one.instance.instanceId);
    }),
  );
});
