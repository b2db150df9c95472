import type { Decision, ExplainStep } from '@grey/route-core';
import { expect, test } from 'vitest';
import type { RouteResponse } from '../../api/generated/model/index.ts';
import { compareDecisions } from './compare-decisions.ts';
import { groupSteps } from './group-steps.ts';
import {
  readLines,
  readOldQuestion,
  readQuestion,
  readRequest,
  toDecisionRequest,
  toRouteRequest,
} from './playground-question.ts';

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
