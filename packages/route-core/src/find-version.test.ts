import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  decideAt,
  type ServiceRecord,
  type SnapshotSource,
} from './index.ts';

const service = (version: string): ServiceRecord => ({
  id: 'pay',
  unknownTenant: 'default',
  balancer: 'round_robin',
  fallback: 'fail',
  defaults: [{ version, weight: 10_000 }],
  versions: ['v1', 'v2', 'v3'].map((name, at) => ({ version: name, ordinal: at + 1, status: 'active' as const })),
});

function sourceAt(revision: number, version: string, more: Partial<SnapshotSource> = {}): SnapshotSource {
  return {
    position: { epoch: 'e1', revision },
    tenants: [
      { id: 'first', status: 'active' },
      { id: 'acme', status: 'active' },
    ],
    services: [service(version)],
    assignments: [{ tenantId: 'first', serviceId: 'pay', version: 'v3', isPinned: true }],
    schemas: [],
    holds: [],
    instances: ['v1', 'v2', 'v3'].map((name) => ({
      serviceId: 'pay',
      instanceId: `on-${name}`,
      version: name,
      address: 'a:1',
      weight: 1,
      health: 'healthy' as const,
      isEnabled: true,
    })),
    ...more,
  };
}

describe('a request that names an earlier position', () => {
  const current = buildSnapshot(sourceAt(9, 'v2'));
  const answerBy = (earlier: ReturnType<typeof buildSnapshot>, tenantId = 'acme') =>
    decideAt(current, earlier, { tenantId, serviceName: 'pay' }, createDecisionEnv());

  it('is decided by what the service was then', () => {
    expect(answerBy(buildSnapshot(sourceAt(3, 'v1')))).toMatchObject({ version: 'v1', revision: 3 });
  });

  it('is decided by the present where the service was not there yet, or was not there for a while', () => {
    const before = buildSnapshot(sourceAt(3, 'v1', { services: [], assignments: [], instances: [] }));
    expect(answerBy(before)).toMatchObject({ ok: true, version: 'v2', revision: 9, isRevisionMissed: false });
    const taken = applyDelta(buildSnapshot(sourceAt(3, 'v1')), {
      epoch: 'e1',
      revision: 4,
      services: { remove: ['pay'] },
    });
    expect(answerBy(taken)).toMatchObject({ ok: true, version: 'v2', revision: 9 });
  });

  it('takes nothing of another tenant where its own was not there yet', () => {
    const earlier = buildSnapshot(sourceAt(3, 'v1', { tenants: [{ id: 'first', status: 'active' }] }));
    expect(answerBy(earlier)).toMatchObject({ version: 'v1', reason: 'DEFAULT' });
    expect(answerBy(earlier, 'first')).toMatchObject({ version: 'v3', reason: 'PINNED' });
    expect(answerBy(earlier, 'nobody')).toMatchObject({ version: 'v1', reason: 'UNKNOWN_TENANT_DEFAULT' });
  });

  it('says which version was refused, and why it was chosen, only where it came that far', () => {
    const refusal = (more: Partial<SnapshotSource>, tenantId = 'acme') =>
      decideAt(
        buildSnapshot(sourceAt(9, 'v2', more)),
        buildSnapshot(sourceAt(9, 'v2', more)),
        { tenantId, serviceName: 'pay' },
        createDecisionEnv(),
      );
    const asked = { ok: false, serviceName: 'pay', tenantId: 'acme', epoch: 'e1', revision: 9 };
    expect(refusal({ instances: [] })).toStrictEqual({
      ...asked,
      code: 'NO_INSTANCE',
      version: 'v2',
      reason: 'DEFAULT',
    });
    expect(refusal({ services: [] })).toStrictEqual({ ...asked, code: 'SERVICE_UNKNOWN' });
    expect(refusal({ services: [{ ...service('v2'), defaults: [] }] })).toStrictEqual({
      ...asked,
      code: 'VERSION_UNDEFINED',
      reason: 'DEFAULT',
    });
  });
});
