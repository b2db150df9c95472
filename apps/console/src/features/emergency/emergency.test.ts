import { expect, test } from 'vitest';
import { ApiProblem, ConnectionLost } from '../../api/api-problem.ts';
import type { Problem, Router } from '../../api/generated/model/index.ts';
import { countAcknowledged } from './count-acknowledged.ts';
import { judgeFailure } from './judge-failure.ts';
import { answer, readRollbackQuestion, wishOf } from './rollback-wish.ts';
import { listSources, listTargets, suggestTarget, type VersionFacts } from './version-choices.ts';

test('a link asks the question as far as it says something, and the scope follows from what it names', () => {
  expect(readRollbackQuestion({ service: ' pay ', from: 2, to: 'v1', scope: 'galaxy', other: 1 })).toEqual({
    service: 'pay',
    from: '2',
    to: 'v1',
  });
  expect(readRollbackQuestion({ tag: 'beta' })).toEqual({ tag: 'beta', scope: 'tag' });
  expect(readRollbackQuestion({ tenants: 'a,b' })).toEqual({ tenants: 'a,b', scope: 'tenants' });
});

test('another service has other versions, and a version is not rolled back to itself', () => {
  const question = { service: 'pay', from: 'v2', to: 'v1' };
  expect(answer(question, 'service', 'mail')).toEqual({ service: 'mail' });
  expect(answer(question, 'from', 'v1')).toEqual({ service: 'pay', from: 'v1' });
  expect(answer(question, 'to', 'v0')).toEqual({ ...question, to: 'v0' });
  expect(answer({ ...question, tag: 'beta' }, 'tag', '')).toEqual(question);
});

test('nothing is asked of the API before everything is said', () => {
  const question = { service: 'pay', from: 'v2', to: 'v1' };
  expect(wishOf(question, '', false)).toEqual({
    serviceId: 'pay',
    fromVersion: 'v2',
    toVersion: 'v1',
    scope: { kind: 'version' },
  });
  expect(wishOf(question, '', true)).toMatchObject({ allowRollbackOfRollback: true });
  expect(wishOf({ ...question, to: 'v2' }, '', false)).toBeUndefined();
  expect(wishOf({ service: 'pay', from: 'v2' }, '', false)).toBeUndefined();
  expect(wishOf({ ...question, scope: 'tag' }, '', false)).toBeUndefined();
  expect(wishOf({ ...question, scope: 'tenants' }, ' , ', false)).toBeUndefined();
  expect(wishOf({ ...question, scope: 'tenants' }, 'a, b', false)?.scope).toEqual({
    kind: 'tenants',
    tenantIds: ['a', 'b'],
  });
});

const version = (label: string, ordinal: number, further: Partial<VersionFacts> = {}): VersionFacts => ({
  version: label,
  ordinal,
  status: 'active',
  assignmentCount: 3,
  instanceCount: 1,
  ...further,
});

test('only versions that somebody may be on can be left, only living ones can take over', () => {
  const versions = [
    version('v1', 1, { status: 'retired', assignmentCount: 0, instanceCount: 0 }),
    version('v2', 2, { status: 'retired', assignmentCount: 1 }),
    version('v3', 3, { status: 'deprecated' }),
    version('v4', 4),
  ];
  expect(listSources(versions).map((one) => one.version)).toEqual(['v4', 'v3', 'v2']);
  expect(listTargets(versions, 'v4').map((one) => one.version)).toEqual(['v3']);
});

test('suggested is the newest version before the bad one that runs and is not held', () => {
  const versions = [version('v1', 1), version('v2', 2), version('v3', 3, { instanceCount: 0 }), version('v4', 4)];
  expect(suggestTarget(versions, 'v4', new Set())).toBe('v2');
  expect(suggestTarget(versions, 'v4', new Set(['v2']))).toBe('v1');
  expect(suggestTarget(versions, 'v1', new Set())).toBeUndefined();
  // While PostgreSQL is away nobody knows who runs: then the one before it.
  const unknown = versions.map((one) => ({ ...one, instanceCount: null }));
  expect(suggestTarget(unknown, 'v4', new Set())).toBe('v3');
});

test('a lost answer says nothing, an outdated plan wants a new one, a refusal is final', () => {
  const problem = (code: Problem['code'], status: number) =>
    new ApiProblem({ type: '', title: '', status, code } as Problem);
  expect(judgeFailure(new ConnectionLost())).toBe('unknown');
  expect(judgeFailure(new ConnectionLost(502))).toBe('unknown');
  expect(judgeFailure(problem('INTERNAL_ERROR', 500))).toBe('unknown');
  expect(judgeFailure(problem('IDEMPOTENCY_IN_PROGRESS', 409))).toBe('unknown');
  expect(judgeFailure(problem('PLAN_STALE', 409))).toBe('outdated');
  expect(judgeFailure(problem('PRECONDITION_REQUIRED', 428))).toBe('outdated');
  expect(judgeFailure(problem('NOT_DURABLE', 503))).toBe('refused');
  expect(judgeFailure(problem('HOLD_CYCLE', 409))).toBe('refused');
});

test('a router counts once it has reported the position or a later one of the same epoch', () => {
  const router = (id: string, position: Router['position']) => ({ id, host: `host-${id}`, position }) as Router;
  const routers = [
    router('a', { epoch: 'e', revision: 7 }),
    router('b', { epoch: 'e', revision: 6 }),
    router('c', { epoch: 'other', revision: 9 }),
    router('d', null),
    router('e', { epoch: 'e', revision: 8 }),
  ];
  const { applied, total, missing } = countAcknowledged(routers, { epoch: 'e', revision: 7 });
  expect([applied, total, missing.map(({ id }) => id)]).toEqual([2, 5, ['b', 'c', 'd']]);
});
