import { readFileSync } from 'node:fs';
import { importedRulesSchema } from '@grey/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.ask('POST', '/api/services', { id: 'user-service' });
  for (const version of ['v1.0', 'v2.0', '1.0.0', '2.0.0', 'stable', 'canary'])
    await api.ask('POST', '/api/services/user-service/versions', { version });
});
afterAll(() => api.close());

const example = (name: string) => readFileSync(new URL(`./formats/examples/${name}`, import.meta.url), 'utf8');
const ask = (format: string, content: string, more: object = {}) =>
  api.ask('POST', '/api/services/user-service/rules/import', { format, content, ...more });
async function read(format: string, content: string, more: object = {}) {
  const answer = await ask(format, content, more);
  expect(answer.body).toMatchObject({ ruleSet: {} });
  const imported = importedRulesSchema.parse(answer.body);
  expect(imported.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
  return imported;
}
const header = (name: string, value: string) => ({ op: 'equals', operand: { from: 'header', name }, value });

describe('routing_rules as JSON', () => {
  test('is read in its order, with what it says of the service', async () => {
    const { ruleSet, service, notes } = await read('routing_rules_json', example('routing-rules.json'));
    expect(ruleSet.rules).toMatchObject([
      { priority: 20, when: header('X-Beta-User', 'true'), target: { kind: 'version', version: 'v2.0' } },
      { priority: 10, when: { op: 'random', below: 0.1 }, target: { kind: 'version', version: 'v2.0' } },
    ]);
    expect(service).toMatchObject({ defaultVersion: 'v1.0', fallbackVersion: 'v1.0' });
    expect(notes.join()).toContain('other services of the text were left out: order-service');
  });

  test('a weight below 100 lets the rest go on to the next rule', async () => {
    const rules = [{ condition: "header['a'] == 'b'", target_version: 'v2.0', weight: 25 }];
    const content = JSON.stringify({ routing_rules: { 'user-service': { rules } } });
    const drawn = await read('routing_rules_json', content);
    expect(drawn.ruleSet.rules[0]?.when).toEqual({ op: 'all', of: [header('a', 'b'), { op: 'random', below: 0.25 }] });
    const sticky = await read('routing_rules_json', content, { sticky: { by: 'user' } });
    expect(sticky.ruleSet.rules[0]?.when).toMatchObject({
      of: [{}, { op: 'percentage', portion: { unit: { by: 'user' }, share: 2_500 } }],
    });
  });
});

describe('the file of a router as YAML', () => {
  test('is read as it stands: names, priorities, balancer and cookie; versions stay text', async () => {
    const { ruleSet, service, notes } = await read('router_yaml', example('grey-router.yaml'));
    expect(ruleSet.rules).toMatchObject([
      { id: 'beta_users', name: 'beta_users', priority: 100, when: header('X-Beta-User', 'true') },
      { id: 'random_canary', priority: 50, when: { op: 'random', below: 0.1 }, target: { version: '2.0.0' } },
    ]);
    expect(service).toEqual({
      defaultVersion: '1.0.0',
      fallbackVersion: null,
      balancer: 'weighted_round_robin',
      stickyCookie: 'session_id',
    });
    expect(notes.join()).toMatch(/router, monitoring, security: not about services.*1\.0\.0 \(90\), 2\.0\.0 \(10\)/);
  });

  test('that tries to blow itself up is refused', async () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 12; at++) {
      const [name, of] = [String.fromCharCode(97 + at), String.fromCharCode(96 + at)];
      lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(', ')}]`);
    }
    const bombs = [lines.join('\n'), '['.repeat(100_000), 'services: !!js/function "x"', 'a: 1\na: 2', ''];
    for (const content of bombs.filter((one) => one !== '')) {
      const answer = await ask('router_yaml', content);
      expect([answer.status, answer.body.code]).toEqual([422, 'IMPORT_INVALID']);
    }
  });
});

describe('rows of a routing table', () => {
  const competing = (more: object = {}) => [
    { match_type: 'prefix', pattern: '/api/v1/', method: '*', weight: 5, upstream: 'canary', priority: 1, ...more },
    { match_type: 'prefix', pattern: '/api/v1/', method: '*', weight: 95, upstream: 'stable', priority: 1, ...more },
  ];

  test('that compete become one split, drawn anew unless somebody is named to keep it', async () => {
    const drawn = await read('rule_rows', JSON.stringify(competing()));
    expect(drawn.ruleSet.rules).toMatchObject([
      {
        path: { type: 'prefix', value: '/api/v1/' },
        priority: 1,
        target: {
          kind: 'split',
          whenMissing: 'random',
          shares: [
            { version: 'canary', weight: 500 },
            { version: 'stable', weight: 9_500 },
          ],
        },
      },
    ]);
    const sticky = await read('rule_rows', JSON.stringify(competing()), { sticky: { by: 'session' } });
    expect(sticky.ruleSet.rules[0]?.target).toMatchObject({ unit: { by: 'session' } });
  });

  test('of CSV are read alike, headers before weights', async () => {
    const { ruleSet } = await read('rule_rows', example('rows.csv'));
    expect(ruleSet.rules).toMatchObject([
      { path: { type: 'prefix', value: '/api/' }, when: header('x-canary', 'true'), target: { version: 'canary' } },
      { path: { type: 'exact', value: '/api/v1/users' }, methods: ['GET'], target: { version: 'stable' } },
      { path: { type: 'prefix', value: '/api/' }, target: { kind: 'split' } },
      { path: { type: 'regex', value: '/api/v[0-9]+/users' }, when: { op: 'random', below: 0.3 } },
    ]);
    expect(ruleSet.rules[0]?.methods).toBeUndefined();
  });

  test('whose weights add up to something else are parts of that; a weight of 0 turns a rule off', async () => {
    const thirds = ['v1.0', 'v2.0', 'stable'].map((upstream) => ({ ...competing()[0], weight: 1, upstream }));
    const { ruleSet, notes } = await read('rule_rows', JSON.stringify(thirds));
    expect(ruleSet.rules[0]?.target).toMatchObject({
      shares: [{ weight: 3_334 }, { weight: 3_333 }, { weight: 3_333 }],
    });
    expect(notes.join()).toContain('as parts of 3');
    const off = await read('rule_rows', JSON.stringify([{ ...competing()[0], weight: 0 }]));
    expect(off.ruleSet.rules[0]?.isEnabled).toBe(false);
  });

  test.each([
    ['content[1].match_type', [...competing().slice(0, 1), { match_type: 'glob', pattern: '/', upstream: 'stable' }]],
    ['content[0].weight', [{ ...competing()[0], weight: 101 }]],
    ['content[0].upstream', [{ match_type: 'exact', pattern: '/' }]],
    ['ruleSet.rules.0.target.version', [{ match_type: 'exact', pattern: '/', upstream: 'not a version' }]],
  ])('with a fault are refused with its place: %s', async (place, rows) => {
    const answer = await ask('rule_rows', JSON.stringify(rows));
    expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([422, 'IMPORT_INVALID', place]);
  });
});

test('more rules than a set may have are refused before they are read', async () => {
  const rules = Array.from({ length: 10_000 }, () => ({ condition: 'true', target_version: 'v2.0' }));
  const content = JSON.stringify({ routing_rules: { 'user-service': { rules } } });
  expect((await ask('routing_rules_json', content)).body.detail).toContain('10000 rules are more than 500');
  const lines = Array.from({ length: 600 }, (_, index) => `exact,/${index},stable`);
  const rows = await ask('rule_rows', ['match_type,pattern,upstream', ...lines].join('\n'));
  expect(rows.body.detail).toContain('600 rules are more than 500');
});

test('text that is none of it is refused, and one without the service says which it has', async () => {
  for (const format of ['routing_rules_json', 'router_yaml', 'rule_rows'])
    for (const text of ['{"a":[}', 'no rules at all', '\n\n'])
      expect([format, text, (await ask(format, text)).body.code]).toEqual([format, text, 'IMPORT_INVALID']);
  const answer = await ask('routing_rules_json', '{"routing_rules":{"pay":{}}}');
  expect(answer.body.detail).toBe('content.routing_rules.user-service: is missing; there are: pay');
  const condition = await ask(
    'routing_rules_json',
    '{"routing_rules":{"user-service":{"rules":[{"condition":"header[","target_version":"v2.0"}]}}}',
  );
  expect(condition.body.errors[0].path).toBe('content.routing_rules.user-service.rules[0].condition');
});
