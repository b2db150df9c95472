import type { Decision, ExplainStep, SnapshotSource } from '@grey/route-core';
import { expect, test } from 'vitest';
import type { RouteResponse } from '../../api/generated/model/index.ts';
import { makeUsers, readUsers } from './batch-users.ts';
import { compareDecisions } from './compare-decisions.ts';
import { composeRules } from './compose-rules.ts';
import { groupSteps } from './group-steps.ts';
import {
  readLines,
  readOldQuestion,
  readQuestion,
  readRequest,
  toDecisionRequest,
  toRouteRequest,
} from './playground-question.ts';
import { runBatch } from './run-batch.ts';

test('an address gives the question, whatever types its values were read as', () => {
  expect(readQuestion({ service: 'pay', tenant: 42, user: '', claims: { plan: 'gold' }, other: 'x' })).toEqual({
    service: 'pay',
    tenant: '42',
    claims: '{"plan":"gold"}',
  });
});

test('an address of the former explain page asks the same', () => {
  const old = { tenantId: 't1', serviceName: 'pay', metadata: 'userId=42\nheaders.x-beta=1\nregion=eu\nplan=gold' };
  const question = readOldQuestion(old);
  expect(question).toEqual({
    service: 'pay',
    tenant: 't1',
    user: '42',
    headers: 'x-beta=1',
    region: 'eu',
    attributes: 'plan=gold',
  });
  expect(readOldQuestion({ tenantId: 't1' })).toEqual({ tenant: 't1' });
});

test('lines are read as they stand in a log or in code', () => {
  expect(readLines('x-beta: 1\n\n Accept = a=b:c ')).toEqual({ 'x-beta': '1', Accept: 'a=b:c' });
  expect(readLines('no separator')).toBeUndefined();
});

test('a question becomes metadata, and what cannot be read is named and left out', () => {
  const read = readRequest({
    method: 'get',
    path: '/api/x?beta=1',
    query: 'page=2',
    attributes: 'seats=5\nname="5"\nis=true\nfree=text',
    claims: '[1]',
    headers: 'broken',
    at: '2026-01-01T00:00:00Z',
  });
  expect(read.metadata).toEqual({
    method: 'GET',
    path: '/api/x',
    query: { beta: '1', page: '2' },
    attributes: { seats: 5, name: '5', is: true, free: 'text' },
  });
  expect(read.at).toBe(Date.UTC(2026, 0, 1));
  expect(read.faults).toEqual({ claims: 'json', headers: 'lines' });
  expect(readRequest({ at: 'noon' }).faults).toEqual({ at: 'time' });
});

test('nothing is decided before service and tenant are named, and an empty request is sent without metadata', () => {
  expect(toDecisionRequest({ service: 'pay' }, {})).toBeUndefined();
  const request = toDecisionRequest({ service: 'pay', tenant: ' t1 ' }, {});
  expect(request && toRouteRequest(request)).toEqual({ tenantId: 't1', serviceName: 'pay' });
});

const instance = { instanceId: 'a1', address: 'a1:80' };
const base = {
  version: 'v1',
  reason: 'RULE',
  bucket: null,
  rule: 'r1',
  experiment: null,
  lane: null,
  holds: [],
  fallback: null,
  flags: { a: 1, b: 2 },
  isDegraded: false,
  mirror: null,
  epoch: 'e',
  revision: 3,
};
const here = { ok: true, ...base, instance } as unknown as Decision;
const there = (over: object = {}) =>
  ({ ...base, instance: 'a1:80', instanceId: 'a1', ...over }) as unknown as RouteResponse;

test('the router agrees when version, reason and everything that follows are the same', () => {
  expect(compareDecisions(here, there({ flags: { b: 2, a: 1 } }))).toEqual({
    verdict: 'equal',
    isBehind: false,
    differences: [],
  });
  expect(compareDecisions(here, there({ instance: 'a2:80' })).verdict).toBe('instance');
  const other = compareDecisions(here, there({ version: 'v2', rule: null, revision: 4 }));
  expect(other).toMatchObject({ verdict: 'different', isBehind: true });
  expect(other.differences).toEqual([
    { field: 'version', here: 'v1', router: 'v2' },
    { field: 'rule', here: 'r1', router: '—' },
  ]);
});

test('a refusal agrees with a refusal of the same code only', () => {
  const refused = { ok: false, code: 'NO_INSTANCE', epoch: 'e', revision: 3 } as unknown as Decision;
  expect(compareDecisions(refused, { code: 'NO_INSTANCE', title: '' }).verdict).toBe('equal');
  expect(compareDecisions(refused, there()).verdict).toBe('different');
});

const step = (name: string, outcome: string) => ({ step: name, outcome, detail: {} }) as ExplainStep;

test('steps stand by stage in the order in which they happened, also when a stage comes back', () => {
  const steps = [
    step('tenant', 'active'),
    step('version', 'ASSIGNMENT'),
    step('hold', 'none'),
    step('instances', 'none'),
    step('left_out', 'unhealthy'),
    step('fallback', 'candidate'),
    step('instances', 'healthy'),
  ];
  expect(groupSteps(steps, 'ASSIGNMENT').map(({ name, silence }) => (silence ? `${name} ${silence}` : name))).toEqual([
    'tenant',
    'lane none',
    'rules none',
    'experiments none',
    'version',
    'holds',
    'instances',
    'fallback',
    'instances',
  ]);
});

test('a stage that was not asked says so: rules of a pinned tenant, experiments after a rule', () => {
  const silent = (reason: 'PINNED' | 'RULE', steps: ExplainStep[]) =>
    groupSteps([...steps, step('version', reason)], reason)
      .filter(({ silence }) => silence)
      .map(({ name, silence }) => `${name} ${silence}`);
  expect(silent('PINNED', [step('tenant', 'active')])).toEqual(['lane none', 'rules decided', 'experiments decided']);
  expect(silent('RULE', [step('rule', 'matched')])).toEqual(['lane none', 'experiments decided']);
  expect(groupSteps([step('tenant', 'unknown')], undefined).map(({ name }) => name)).toEqual(['tenant']);
});

test('user ids are pasted in lines or commas, each counted once', () => {
  expect(readUsers(' a\nb,a\n\n c ')).toEqual(['a', 'b', 'c']);
  expect(makeUsers(3)).toEqual(['user-1', 'user-2', 'user-3']);
  expect(makeUsers(Number.NaN)).toEqual([]);
  expect(makeUsers(1e9).length).toBe(200_000);
});

const version = (name: string, ordinal: number) => ({ version: name, ordinal, status: 'active' as const });
const source: SnapshotSource = {
  position: { epoch: 'e', revision: 1 },
  tenants: [{ id: 't1', status: 'active' }],
  services: [
    {
      id: 'pay',
      unknownTenant: 'reject',
      balancer: 'round_robin',
      fallback: 'fail',
      defaults: [{ version: 'v1', weight: 10_000 }],
      versions: [version('v1', 1), version('v2', 2)],
    },
  ],
  assignments: [],
  schemas: [],
  holds: [],
  instances: ['v1', 'v2'].map((name) => ({
    serviceId: 'pay',
    instanceId: `i-${name}`,
    version: name,
    address: `${name}:80`,
    weight: 1,
    health: 'healthy',
    isEnabled: true,
  })),
};
const split = (first: number, second: number) => ({
  normalizePath: false,
  rules: [
    {
      id: 'r1',
      name: 'R1',
      priority: 0,
      isEnabled: true,
      target: {
        kind: 'split' as const,
        unit: { by: 'user' as const },
        whenMissing: 'tenant' as const,
        shares: [
          { version: 'v1', weight: first },
          { version: 'v2', weight: second },
        ],
      },
    },
  ],
});

test('a batch counts who gets what live and by the draft, and who would move', () => {
  const live = composeRules(source, 'pay', split(8_000, 2_000));
  const draft = composeRules(live, 'pay', split(7_000, 3_000));
  const task = { tenantId: 't1', serviceName: 'pay', metadata: {}, at: 0, users: makeUsers(10_000) };
  const result = runBatch({ ...task, live, draft }, () => 0);
  const of = (answer: string) => result.counts.find((one) => one.answer === answer);
  expect(of('v1')?.live).toBeGreaterThan(7_800);
  expect(of('v2')?.draft).toBeGreaterThan(2_800);
  // Raising a share evicts nobody: whoever moves, moves to the one that grew, and just as many as its growth.
  expect(result.moves.map(({ from, to }) => `${from} ${to}`)).toEqual(['v1 v2']);
  expect(result.changedCount).toBe((of('v2')?.draft ?? 0) - (of('v2')?.live ?? 0));
  expect(runBatch({ ...task, live }, () => 0)).toMatchObject({ hasDraft: false, changedCount: 0 });
});

test('who is drawn by chance is drawn alike on both sides', () => {
  const drawn = (below: number, version: string) => ({
    id: version,
    name: version,
    priority: 0,
    isEnabled: true,
    when: { op: 'random' as const, below },
    target: { kind: 'version' as const, version },
  });
  const live = composeRules(source, 'pay', { normalizePath: false, rules: [drawn(0.3, 'v2')] });
  const draft = composeRules(source, 'pay', { normalizePath: false, rules: [drawn(0.4, 'v2')] });
  const task = { tenantId: 't1', serviceName: 'pay', metadata: {}, at: 0, users: makeUsers(2_000) };
  expect(runBatch({ ...task, live, draft: live }, () => 0).changedCount).toBe(0);
  const { moves, counts } = runBatch({ ...task, live, draft }, () => 0);
  expect(moves.map(({ from, to }) => `${from} ${to}`)).toEqual(['v1 v2']);
  expect(counts.find(({ answer }) => answer === 'v2')?.live).toBeGreaterThan(500);
});

test('a refusal is counted under its code', () => {
  const task = { tenantId: 'nobody', serviceName: 'pay', metadata: {}, at: 0, users: ['a', 'b'] };
  expect(runBatch({ ...task, live: source }, () => 0).counts).toEqual([
    { answer: 'TENANT_UNKNOWN', isRefusal: true, live: 2, draft: 2 },
  ]);
});
