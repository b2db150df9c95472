import { CONVERGENCE_HEADER, routerListSchema } from '@grey/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { OwnRouter } from './own-router.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ GREY_REGION: 'eu' });
});
afterAll(() => api.close());

describe('routers', () => {
  it('are listed with what they decide by', async () => {
    const created = await api.ask('POST', '/api/tenants?wait=converged', { id: 'seen', name: 'Seen' });
    expect(created.status).toBe(201);
    const { body } = await api.ask('GET', '/api/routers');
    const { items, position, distribution } = routerListSchema.parse(body);
    expect(distribution).toBe('memory');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ kind: 'api', region: 'eu', isOwn: true, behind: 0, position });
  });
});

describe('waiting for the routers', () => {
  it('tells how far the change got, also when nothing is in the body', async () => {
    const created = await api.ask('POST', '/api/services?wait=converged', { id: 'waited' });
    expect(created.headers.get(CONVERGENCE_HEADER)).toMatch(/^applied=1, total=1, elapsed=\d+, missing=\(\)$/);
    await api.ask('POST', '/api/tenants', { id: 'goes', name: 'Goes' });
    const deleted = await api.ask('DELETE', '/api/tenants/goes?wait=converged');
    expect(deleted.status).toBe(204);
    expect(deleted.headers.get(CONVERGENCE_HEADER)).toContain('applied=1, total=1');
  });

  it('is not asked for, and not told, by default', async () => {
    const created = await api.ask('POST', '/api/services', { id: 'unwaited' });
    expect(created.headers.get(CONVERGENCE_HEADER)).toBeNull();
  });

  it('keeps errors as they are, and has nothing to say of a change that changed nothing', async () => {
    const twice = await api.ask('POST', '/api/services?wait=converged', { id: 'unwaited' });
    expect([twice.status, twice.body.code]).toEqual([409, 'SERVICE_EXISTS']);
    const { balancer } = (await api.ask('GET', '/api/services/unwaited')).body;
    const same = await api.ask('PATCH', '/api/services/unwaited?wait=converged', { balancer });
    expect([same.status, same.headers.get(CONVERGENCE_HEADER)]).toEqual([200, null]);
  });

  it.each(['wait=soon', 'wait=converged&waitMs=0', 'waitMs=30001'])('refuses %s', async (query) => {
    const { status, body } = await api.ask('POST', `/api/services?${query}`, { id: 'refused' });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect((await api.ask('GET', '/api/services/refused')).status).toBe(404);
  });
});

describe('a router of its own', () => {
  const stuck = { snapshot: undefined, onChanged: () => () => undefined };

  it('is named as missing when the time is over', async () => {
    const own = new OwnRouter(stuck, 'api-1', null);
    const convergence = await own.waitConverged({ epoch: 'a', revision: 1 }, 5);
    expect(convergence).toMatchObject({ total: 1, applied: 0, missing: ['api-1'] });
  });
});
