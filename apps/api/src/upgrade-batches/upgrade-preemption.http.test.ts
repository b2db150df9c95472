import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describePreemptible } from '../../test/preemptible-contract.ts';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { Database } from '../infra/db/database.ts';
import { TenantSchemasStore } from '../tenant-schemas/tenant-schemas.store.ts';
import type { NewUpgrade } from '../upgrades/upgrade-row.ts';
import { Upgrades } from '../upgrades/upgrades.ts';
import { BatchPreemption } from './batch-preemption.ts';
import { UpgradeBatchesStore } from './upgrade-batches.store.ts';
import { UpgradePreemption } from './upgrade-preemption.ts';

const options = {
  backup: 'never',
  contract: 'ask',
  soakSeconds: 60,
  gates: { maxFailedShare: 0, minDecisions: 0, hookSeconds: 10 },
} as const;
const requestedBy = { kind: 'user', id: 'u', name: 'Una' } as const;
let api: TestApi;
let tenantCount = 0;
beforeAll(async () => {
  // Nobody works on them: each stays in the state that it is put into.
  api = await startTestApi({ GREY_UPGRADE_CONCURRENCY: 0 });
});
afterAll(() => api.close());

const transaction: Database['transaction'] = (work) => api.app.get(Database).transaction(work);

async function newTenant(tags: string[] = []): Promise<string> {
  tenantCount += 1;
  const id = `tenant-${tenantCount}`;
  await api.ask('POST', '/api/tenants', { id, name: id, tags });
  return id;
}

const upgrade =
  (state: string, more: { isPastReturn?: boolean; endsAs?: string; leadsThere?: boolean; tags?: string[] } = {}) =>
  async (serviceId: string, version: string, other: string): Promise<string> => {
    const { isPastReturn = false, endsAs = null, leadsThere = true } = more;
    const tenantId = await newTenant(more.tags);
    const draft: NewUpgrade = {
      ...{ kind: 'service', tenantId, serviceId, fromVersion: 'v1', toVersion: leadsThere ? version : other },
      ...{ schemaFrom: null, schemaTo: null, options, requestedBy, reason: null },
    };
    return transaction(async (tx) => {
      const { id, steps } = await api.app.get(Upgrades).start(tx, draft);
      const begun = steps.map((step, at) => (at === 0 && state !== 'queued' ? { ...step, state: 'running' } : step));
      const isEnded = ['done', 'aborted', 'failed', 'skipped'].includes(state);
      await tx.$executeRaw`
        UPDATE upgrades SET state = ${state}, steps = ${JSON.stringify(begun)}::jsonb, is_past_return = ${isPastReturn},
          ends_as = ${endsAs}, awaits = ${state === 'waiting' ? 'confirmation' : null},
          finished_at = CASE WHEN ${isEnded} THEN now() END WHERE id = ${id}::uuid`;
      return id;
    });
  };

describePreemptible({
  name: 'upgrades',
  api: () => api,
  preemptible: () => api.app.get(UpgradePreemption),
  running: {
    queued: upgrade('queued'),
    running: upgrade('running'),
    'waiting for a confirmation': upgrade('waiting'),
    'in need of an operator': upgrade('needs_operator'),
  },
  harmless: {
    'on their way back': upgrade('aborting', { endsAs: 'aborted' }),
    'past the point of no return': upgrade('running', { isPastReturn: true }),
    done: upgrade('done'),
    'leading elsewhere': upgrade('running', { leadsThere: false }),
  },
});

const batch =
  (state: string, leadsThere = true) =>
  async (serviceId: string, version: string, other: string): Promise<string> =>
    transaction(async (tx) => {
      const id = crypto.randomUUID();
      const store = api.app.get(UpgradeBatchesStore);
      await store.insert(
        tx,
        {
          ...{
            id,
            name: 'all',
            kind: 'service',
            serviceId,
            fromVersion: null,
            toVersion: leadsThere ? version : other,
          },
          ...{ concurrency: 1, order: 'id', options, overrideReason: null, isNamed: false, requestedBy, reason: null },
        },
        [{ number: 1, name: 'rest', tenantIds: ['nobody'], fromVersions: ['v1'], failureBudget: 0, soakSeconds: 0 }],
      );
      await store.update(tx, id, { state: state as 'running', isFinished: state === 'done' });
      return id;
    });

describePreemptible({
  name: 'upgrade-batches',
  api: () => api,
  preemptible: () => api.app.get(BatchPreemption),
  running: {
    paused: batch('paused'),
    'waiting for a confirmation': batch('confirming'),
    'in contract': batch('contracting'),
  },
  harmless: {
    done: batch('done'),
    'on their way back': batch('rolling_back'),
    'leading elsewhere': batch('paused', false),
  },
});

describe('upgrades in an emergency of some tenants', () => {
  test('are stopped for those tenants only', async () => {
    await api.ask('POST', '/api/services', { id: 'narrow' });
    for (const version of ['v1', 'v2', 'v3']) await api.ask('POST', '/api/services/narrow/versions', { version });
    const ours = await upgrade('running', { tags: ['beta'] })('narrow', 'v2', 'v3');
    await upgrade('running')('narrow', 'v2', 'v3');
    const hold = {
      ...{ id: '00000000-0000-4000-8000-000000000000', serviceId: 'narrow', fromVersion: 'v2', toVersion: 'v1' },
      scope: { kind: 'tag', tag: 'beta' },
    } as const;
    const stopped = await transaction((tx) => api.app.get(UpgradePreemption).preempt(tx, hold));
    expect(stopped.map(({ id }) => id)).toEqual([ours]);
  });

  test('stop with the rollback that an operator asks for, and are told of', async () => {
    await api.ask('POST', '/api/services', { id: 'whole' });
    for (const version of ['v1', 'v2', 'v3']) await api.ask('POST', '/api/services/whole/versions', { version });
    const id = await upgrade('waiting')('whole', 'v2', 'v3');
    const request = {
      serviceId: 'whole',
      fromVersion: 'v2',
      toVersion: 'v1',
      reason: 'broken',
      scope: { kind: 'service' },
    };
    const plan = await api.ask('POST', '/api/emergency/rollback/plan', { ...request, reason: undefined });
    const done = await api.ask('POST', '/api/emergency/rollback', { ...request, planToken: plan.body.planToken });
    expect(done.status, JSON.stringify(done.body)).toBeLessThan(300);
    expect((await api.ask('GET', `/api/upgrades/${id}`)).body).toMatchObject({ state: 'aborting' });
  });

  test('go back before contract although the old version cannot serve them, and are named and left alone in it', async () => {
    await api.ask('POST', '/api/services', { id: 'deep' });
    for (const version of ['v1', 'v2', 'v3'])
      await api.ask('POST', '/api/services/deep/versions', { version, ...(version === 'v1' ? { schemaMax: 0 } : {}) });
    const upgradeIds = [
      await upgrade('running')('deep', 'v2', 'v3'),
      await upgrade('running', { isPastReturn: true })('deep', 'v2', 'v3'),
      await upgrade('done')('deep', 'v2', 'v3'),
    ];
    const tenantIds = [2, 1, 0].map((back) => `tenant-${tenantCount - back}`);
    const bystander = await newTenant();
    for (const tenantId of [...tenantIds, bystander])
      await api.ask('PUT', `/api/tenants/${tenantId}/services/deep`, { targetVersion: 'v2' });
    const cells = tenantIds.map((tenantId, at) => {
      return { tenantId, serviceId: 'deep', schemaVersion: 1, expandedTo: 1, isMigrating: at < 2 };
    });
    await api.app.get(ChangesService).commit({ kind: 'tenant_schema.seen', actor: requestedBy }, async (tx) => ({
      items: await api.app.get(TenantSchemasStore).write(tx, cells),
      answer: () => undefined,
    }));
    const request = { serviceId: 'deep', fromVersion: 'v2', toVersion: 'v1', scope: { kind: 'service' } };
    const plan = (await api.ask('POST', '/api/emergency/rollback/plan', request)).body;
    expect(plan).toMatchObject({ affectedCount: 1, preempted: [{ kind: 'upgrade', id: upgradeIds[0] }] });
    const said = plan.leftOut.map((one: { tenantId: string; message: string }) => [one.tenantId, one.message]);
    expect(said).toEqual([
      [tenantIds[0], expect.stringContaining('goes back when it is cancelled')],
      [tenantIds[1], expect.stringContaining('unless contract has begun')],
      [tenantIds[2], expect.stringContaining('a backup restored')],
    ]);
    const reason = 'broken';
    const done = await api.ask('POST', '/api/emergency/rollback', { ...request, reason, planToken: plan.planToken });
    expect(done.status, JSON.stringify(done.body)).toBeLessThan(300);
    const states = [];
    for (const id of upgradeIds) states.push((await api.ask('GET', `/api/upgrades/${id}`)).body.state);
    expect(states).toEqual(['aborting', 'running', 'done']);
  });
});
