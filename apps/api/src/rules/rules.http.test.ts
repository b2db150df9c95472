import { problemSchema, ruleDraftSchema, ruleRevisionSchema, rulesSchema } from '@grey/contracts';
import type { ServiceRecord } from '@grey/route-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';
import { ServicesStore } from '../services/services.store.ts';
import { RulesStore } from './rules.store.ts';

let api: TestApi;
let service = '';
let serviceCount = 0;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  service = `pay-${++serviceCount}`;
  await api.ask('POST', '/api/services', { id: service });
  for (const version of ['v1', 'v2', 'v3']) await api.ask('POST', `/api/services/${service}/versions`, { version });
});

const path = (rest = '') => `/api/services/${service}/rules${rest}`;
const toVersion = (id: string, version: string, more: object = {}) => ({
  id,
  name: id,
  target: { kind: 'version', version },
  ...more,
});
const header = (name: string) => ({ when: { op: 'exists', operand: { from: 'header', name } } });
const split = (id: string, ...shares: [string, number][]) => ({
  id,
  name: id,
  target: { kind: 'split', unit: { by: 'user' }, shares: shares.map(([version, weight]) => ({ version, weight })) },
});
const save = (rules: unknown[], headers = {}) => api.ask('PUT', path('/draft'), { rules }, { headers });
const publish = (headers = {}, query = '') => api.ask('POST', `${path('/draft/publish')}${query}`, {}, { headers });

/** Who owns what in a split of the live rules, as the engine gets it. */
async function ownedBy(version: string, ruleId = 'tenth') {
  const store = api.app.get(ServicesStore);
  const record: ServiceRecord = await api.app.get(RulesStore).transaction((tx) => store.readRecord(tx, service));
  const target = record.ruleSet?.rules.find((rule) => rule.id === ruleId)?.target;
  return target?.kind === 'split' ? target.split.shares.find((share) => share.version === version)?.ranges : undefined;
}

describe('a draft', () => {
  test('is saved with what is wrong with it, and routes nothing', async () => {
    const { body: before } = await api.ask('GET', '/api/changes?limit=1');
    const answer = await save([toVersion('beta', 'v9')]);
    const draft = ruleDraftSchema.parse(answer.body);
    expect(draft.findings).toContainEqual(
      expect.objectContaining({ code: 'VERSION_UNKNOWN', severity: 'error', ruleId: 'beta' }),
    );
    const rules = rulesSchema.parse((await api.ask('GET', path())).body);
    expect([rules.live, rules.draft?.etag, rules.draft?.basedOn]).toEqual([null, draft.etag, null]);
    expect((await api.ask('GET', '/api/changes?limit=1')).body.items[0].id).toBe(before.items[0].id);
  });

  test('is not overwritten by who saw another one', async () => {
    const first = await save([], { 'If-Match': '"0"' });
    expect(first.headers.get('etag')).toBe(first.body.etag);
    const late = await save([toVersion('beta', 'v2')], { 'If-Match': '"0"' });
    expect([late.status, late.body.code, late.body.current.etag]).toEqual([
      412,
      'PRECONDITION_FAILED',
      first.body.etag,
    ]);
    expect((await save([toVersion('beta', 'v2')], { 'If-Match': first.body.etag })).status).toBe(200);
    expect((await publish({ 'If-Match': first.body.etag })).status).toBe(412);
  });

  test('can be thrown away, and then there is nothing to publish', async () => {
    await save([toVersion('beta', 'v2')]);
    expect((await api.ask('DELETE', path('/draft'))).status).toBe(204);
    expect((await api.ask('DELETE', path('/draft'))).status).toBe(204);
    expect((await publish()).body.code).toBe('RULE_DRAFT_UNKNOWN');
  });

  test('warns when somebody has published since it was begun', async () => {
    await save([toVersion('beta', 'v2')]);
    await publish();
    await save([toVersion('beta', 'v3')]);
    const revisions = await api.ask('POST', path('/revisions/1/publish'), {});
    expect(revisions.body.number).toBe(1);
    await api.ask('PUT', path('/draft'), { rules: [] });
    await publish();
    await save([toVersion('late', 'v3')]);
    await api.ask('POST', path('/revisions/1/publish'), {});
    const { body } = await api.ask('GET', path());
    expect(body.draft.findings[0]).toMatchObject({ code: 'DRAFT_OUTDATED', severity: 'warning' });
  });
});

describe('publishing', () => {
  test('is one change whose items tell the difference rule by rule', async () => {
    await save([toVersion('beta', 'v2', header('x-beta')), toVersion('old', 'v1')]);
    await publish();
    await save([toVersion('beta', 'v3', header('x-beta')), toVersion('new', 'v2')]);
    const answer = await publish();
    const revision = ruleRevisionSchema.parse(answer.body);
    expect(revision).toMatchObject({ number: 2, isLive: true, ruleCount: 2, publishedBy: { name: 'admin' } });
    const { position } = revision;
    const { body: items } = await api.ask('GET', `/api/changes/${position.epoch}-${position.revision}/items`);
    expect(items.items).toMatchObject([
      { entity: 'service', before: { liveRuleSet: 1, rules: ['beta', 'old'] }, after: { liveRuleSet: 2 } },
      {
        entity: 'rule',
        key: `${service}/beta`,
        before: { target: { version: 'v2' } },
        after: { target: { version: 'v3' } },
      },
      { entity: 'rule', key: `${service}/old`, after: null },
      { entity: 'rule', key: `${service}/new`, before: null },
    ]);
    const rules = rulesSchema.parse((await api.ask('GET', path())).body);
    expect([rules.draft, rules.live]).toEqual([null, revision]);
  });

  test('refuses errors with every finding and changes nothing', async () => {
    await save([split('tenth', ['v1', 9_000], ['v2', 500])]);
    const answer = await publish();
    expect([answer.status, answer.body.code]).toEqual([422, 'RULES_INVALID']);
    expect(problemSchema.parse(answer.body).findings).toContainEqual(
      expect.objectContaining({ code: 'WEIGHTS_WRONG', ruleId: 'tenth', severity: 'error' }),
    );
    expect(answer.body.errors).toMatchObject([{ path: expect.stringMatching(/^rules\[0\]\.target\.shares/) }]);
    const { body } = await api.ask('GET', path());
    expect([body.live, body.draft.rules.length]).toEqual([null, 1]);
  });

  test('lets warnings pass, which analysing tells beforehand', async () => {
    const open = toVersion('open', 'v2', { path: { type: 'prefix', value: '/api/v1' } });
    const { body } = await api.ask('POST', path('/analyze'), { rules: [open] });
    expect(
      body.findings.map((finding: { code: string; severity: string }) => [finding.code, finding.severity]),
    ).toEqual(
      expect.arrayContaining([
        ['PREFIX_OPEN', 'warning'],
        ['VERSION_WITHOUT_INSTANCE', 'warning'],
      ]),
    );
    await save([open]);
    expect((await publish()).status).toBe(200);
    expect((await api.ask('GET', path())).body.findings).toEqual(body.findings);
  });

  test('has one effect under one Idempotency-Key, and waits for the routers when asked', async () => {
    await save([toVersion('beta', 'v2')]);
    const headers = { 'Idempotency-Key': `publish-${service}` };
    const first = await publish(headers, '?wait=converged');
    expect(first.headers.get('grey-convergence')).toMatch(/^applied=1, total=1/);
    const again = await publish(headers, '?wait=converged');
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(again.body).toEqual(first.body);
  });

  test('of what is live already gives out no new number', async () => {
    await save([toVersion('beta', 'v2')]);
    const first = await publish();
    await save([toVersion('beta', 'v2')]);
    expect((await publish()).body).toEqual(first.body);
    expect((await api.ask('GET', path('/revisions'))).body.items).toHaveLength(1);
  });

  test('keeps the buckets of a rule that keeps its id', async () => {
    await save([split('tenth', ['v1', 9_000], ['v2', 1_000])]);
    await publish();
    const before = await ownedBy('v2');
    await save([toVersion('beta', 'v3', header('x-beta')), split('tenth', ['v1', 8_000], ['v2', 2_000])]);
    await publish();
    const after = await ownedBy('v2');
    expect(countOf(after)).toBe(2_000);
    expect(before?.every(([from, to]) => after?.some(([start, end]) => start <= from && to <= end))).toBe(true);
  });
});

describe('an earlier set', () => {
  test('can be published again, under a new number and with the buckets it had', async () => {
    await save([split('tenth', ['v1', 9_000], ['v2', 1_000])]);
    await publish();
    const first = await ownedBy('v2');
    await save([split('tenth', ['v1', 1_000], ['v2', 9_000])]);
    await publish();
    await save([toVersion('other', 'v3')]);
    const answer = await api.ask('POST', path('/revisions/1/publish'), { reason: 'v2 is slow' });
    expect(answer.body).toMatchObject({ number: 3, republishedFrom: 1, isLive: true, reason: 'v2 is slow' });
    expect(await ownedBy('v2')).toEqual(first);
    const { body } = await api.ask('GET', path('/revisions?limit=2'));
    expect(body.items.map((one: { number: number; isLive: boolean }) => [one.number, one.isLive])).toEqual([
      [3, true],
      [2, false],
    ]);
    const rest = await api.ask('GET', path(`/revisions?limit=2&cursor=${body.nextCursor}`));
    expect(rest.body).toMatchObject({ items: [{ number: 1 }], nextCursor: null });
    expect((await api.ask('GET', path('/revisions/2'))).body).toMatchObject({ number: 2, rules: [{ id: 'tenth' }] });
    expect((await api.ask('GET', path())).body.draft.rules).toMatchObject([{ id: 'other' }]);
  });

  test('that never was, or that names a version retired since, is refused', async () => {
    expect((await api.ask('POST', path('/revisions/7/publish'), {})).body.code).toBe('RULE_SET_UNKNOWN');
    expect((await api.ask('GET', path('/revisions/7'))).body.code).toBe('RULE_SET_UNKNOWN');
    await save([toVersion('beta', 'v2')]);
    await publish();
    const retire = () => api.ask('PATCH', `/api/services/${service}/versions/v2`, { status: 'retired' });
    expect((await retire()).body).toMatchObject({
      code: 'VERSION_REFERENCED',
      references: [{ kind: 'rule', serviceId: service, id: 'beta', as: 'target' }],
    });
    await save([]);
    await publish();
    expect((await retire()).status).toBe(200);
    const answer = await api.ask('POST', path('/revisions/1/publish'), {});
    expect([answer.status, answer.body.code]).toEqual([422, 'RULES_INVALID']);
  });
});

test('a condition that is nested beyond reason is refused before anything is made of it', async () => {
  const deep = `{"rules":[{"id":"deep","name":"deep","target":{"kind":"version","version":"v1"},"when":${'{"op":"not","of":'.repeat(10_000)}{"op":"exists","operand":{"from":"user"}}${'}'.repeat(10_000)}}]}`;
  for (const [method, target] of [
    ['PUT', '/draft'],
    ['POST', '/analyze'],
  ] as const) {
    const answer = await api.ask(method, path(target), deep);
    expect([answer.status, answer.body.code]).toEqual([400, 'BODY_TOO_DEEP']);
  }
});

test('a condition may be as deep as the engine bears, and not deeper', async () => {
  const nested = (levels: number): object =>
    levels === 0 ? { op: 'exists', operand: { from: 'user' } } : { op: 'all', of: [nested(levels - 1)] };
  await save([toVersion('deep', 'v2', { when: nested(31) })]);
  expect((await publish()).status).toBe(200);
  await save([toVersion('deep', 'v2', { when: nested(33) })]);
  expect((await publish()).body).toMatchObject({ code: 'RULES_INVALID', errors: [{ path: 'rules[0].when' }] });
});

test('what cannot be evaluated, or is too large to be, is refused with its place', async () => {
  const broken: [object, string][] = [
    [{ op: 'cidr', operand: { from: 'client_ip' }, networks: ['10.0.0.300/8'] }, 'rules[0].when.networks'],
    [{ op: 'matches', operand: { from: 'path' }, pattern: '(a' }, 'rules[0].when.pattern'],
    [
      { op: 'matches', operand: { from: 'path' }, pattern: '((((a{1,99}){1,99}){1,99}){1,99})' },
      'rules[0].when.pattern',
    ],
    [{ op: 'cel', expression: 'header.get("x") ==' }, 'rules[0].when.expression'],
    [{ op: 'cel', expression: `${'('.repeat(2_000)}true${')'.repeat(2_000)}` }, 'rules[0].when.expression'],
  ];
  for (const [when, place] of broken) {
    expect((await save([toVersion('beta', 'v2', { when })])).status).toBe(200);
    const answer = await publish();
    expect([answer.status, answer.body.code]).toEqual([422, 'RULES_INVALID']);
    expect(answer.body.errors[0].path).toContain(place);
  }
  const many = { op: 'any', of: Array.from({ length: 199 }, () => ({ op: 'random', below: 0.5 })) };
  const rules = Array.from({ length: 60 }, (_, index) => toVersion(`rule-${index}`, 'v2', { when: many }));
  const bomb = await save(rules);
  expect([bomb.status, bomb.body.errors]).toMatchObject([400, [{ path: 'body.rules[50].when' }]]);
  const long = { op: 'cel', expression: `path == "${'x'.repeat(3_900)}"` };
  const texts = Array.from({ length: 13 }, (_, index) =>
    toVersion(`rule-${index}`, 'v2', { when: { op: 'not', of: long } }),
  );
  expect((await save(texts)).body.errors).toMatchObject([{ path: 'body.rules[12].when' }]);
  expect((await save(texts.slice(0, 12))).status).toBe(200);
  expect((await api.ask('GET', path())).body.live).toBeNull();
});

test('a fault in a condition is named with its place', async () => {
  const when = {
    op: 'all',
    of: [
      { op: 'exists', operand: { from: 'user' } },
      { op: 'modulo', operand: { from: 'user' }, divisor: 0, below: 1 },
    ],
  };
  const answer = await save([toVersion('beta', 'v2', { when })]);
  expect([answer.status, answer.body.errors]).toMatchObject([400, [{ path: 'body.rules[0].when.of[1].divisor' }]]);
});

function countOf(ranges: readonly (readonly [number, number])[] = []): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}
