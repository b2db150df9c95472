import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../decide.ts';
import { createDecisionEnv } from '../decision-env.ts';
import type { InstanceRecord, ServiceRecord } from '../records.ts';
import type { Condition, LaneRecord, RuleRecord, RuleSetRecord } from '../routing-records.ts';
import { buildSnapshot } from '../snapshot.ts';
import { clock, metadata } from '../testing/request-arbitraries.ts';
import { requestPath, ruleSet } from '../testing/rule-arbitraries.ts';
import { analyzeRules } from './analyze-rules.ts';
import { compareRules } from './compare-rules.ts';
import type { RuleFinding } from './rule-finding.ts';

const service: ServiceRecord = {
  id: 'pay',
  unknownTenant: 'default',
  balancer: 'round_robin',
  fallback: 'fail',
  defaults: [{ version: 'v1', weight: 10_000 }],
  versions: [
    { version: 'v1', ordinal: 1, status: 'active' },
    { version: 'v2', ordinal: 2, status: 'active' },
    { version: 'v0', ordinal: 0, status: 'retired' },
    { version: 'idle', ordinal: 3, status: 'deprecated' },
  ],
};
const lanes: LaneRecord[] = [
  { tag: 'blue', mode: 'strict', versions: [{ serviceId: 'pay', version: 'v2' }] },
  { tag: 'red', mode: 'permissive', versions: [] },
  { tag: 'black', mode: 'strict', versions: [{ serviceId: 'other', version: 'v1' }] },
  { tag: 'grey', mode: 'strict', versions: [{ serviceId: 'pay', version: 'v9' }] },
];
const header = (value: string, name = 'X-A'): Condition => ({ op: 'equals', operand: { from: 'header', name }, value });

function rule(id: string, given: Partial<RuleRecord> = {}): RuleRecord {
  return { id, name: `Rule ${id}`, priority: 0, isEnabled: true, target: { kind: 'version', version: 'v1' }, ...given };
}

function split(
  shares: [version: string, weight: number, from: number, to: number][],
  whenMissing: 'tenant' | 'skip' | 'random' = 'tenant',
): Partial<RuleRecord> {
  const records = shares.map(([version, weight, from, to]) => ({ version, weight, ranges: [[from, to] as const] }));
  return { target: { kind: 'split', split: { unit: { by: 'user' }, whenMissing, salt: 's', shares: records } } };
}

function analyze(rules: readonly RuleRecord[], given: Partial<RuleSetRecord> = {}): RuleFinding[] {
  const set = { number: 1, normalizePath: false, ...given, rules };
  return analyzeRules({ service, ruleSet: set, lanes, instanceCounts: { v1: 2, v2: 1 } });
}

function brief(rules: readonly RuleRecord[]): string[] {
  return analyze(rules).map(
    ({ code, ruleId, otherRuleId, path }) => `${code} ${ruleId}${otherRuleId ? `<${otherRuleId}` : ''} ${path}`,
  );
}

const v2 = { target: { kind: 'version', version: 'v2' } } as const;
const path = (type: 'exact' | 'prefix' | 'regex', value: string) => ({ path: { type, value } });

describe('a rule that is called shadowed or unreachable', () => {
  it('never decides', () => {
    let dead = 0;
    fc.assert(
      fc.property(
        ruleSet,
        fc.array(fc.tuple(metadata, requestPath, clock, fc.constantFrom('', 'blue', 'red')), {
          minLength: 25,
          maxLength: 25,
        }),
        (set, requests) => {
          const findings = analyzeRules({ service, ruleSet: set, lanes, instanceCounts: {} });
          const never = findings
            .filter(({ code }) => /SHADOWED|CONFLICT|UNREACHABLE/.test(code))
            .map(({ ruleId }) => ruleId);
          dead += never.length;
          const snapshot = buildSnapshot({
            position: { epoch: 'e', revision: 1 },
            tenants: [{ id: 't', status: 'active' }],
            services: [{ ...service, ruleSet: set }],
            assignments: [],
            schemas: [],
            holds: [],
            lanes,
            instances: ['v1', 'v2'].map(instanceOf),
          });
          for (const [data, sent, now, tag] of requests) {
            const env = createDecisionEnv({ now: () => now, random: Math.random });
            const decision = decide(
              snapshot,
              { tenantId: 't', serviceName: 'pay', metadata: { ...data, path: sent, tag } },
              env,
            );
            if (decision.ok && decision.rule !== null) expect(never).not.toContain(decision.rule);
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(dead).toBeGreaterThan(0);
  }, 60_000);
});

function instanceOf(version: string): InstanceRecord {
  return {
    serviceId: 'pay',
    instanceId: version,
    version,
    address: 'a:1',
    weight: 1,
    health: 'healthy',
    isEnabled: true,
  };
}

describe('shadowed', () => {
  it.each<[string, RuleRecord[]]>([
    ['by the same, whatever its condition', [rule('a', { priority: 1 }), rule('b', { when: header('x') })]],
    ['by a higher priority', [rule('b', { when: header('x') }), rule('a', { priority: 1 })]],
    ['by an exact path', [rule('b', path('exact', '/x')), rule('a', { ...path('exact', '/x'), priority: 5 })]],
    [
      'by a wider list of methods',
      [
        rule('b', { ...path('prefix', '/x/'), methods: ['GET'] }),
        rule('a', { ...path('prefix', '/x/'), methods: ['GET', 'POST'], priority: 1 }),
      ],
    ],
    ['by any method', [rule('b', { methods: ['GET'] }), rule('a', { methods: ['*'], priority: 1 })]],
    ['by the prefix of its regex', [rule('b', path('regex', '/api/v[0-9]+')), rule('a', path('prefix', '/api/'))]],
    [
      'by the same regex',
      [rule('a', path('regex', '/a+')), rule('b', { ...path('regex', '/a+'), when: header('x'), priority: -1 })],
    ],
    [
      'by a weaker condition that comes first',
      [
        rule('b', { when: header('x') }),
        rule('a', { priority: 1, when: { op: 'exists', operand: { from: 'header', name: 'x-a' } } }),
      ],
    ],
    [
      'by a whole split',
      [
        rule('b'),
        rule('a', {
          priority: 1,
          ...split([
            ['v1', 1, 0, 5000],
            ['v2', 9999, 5000, 10_000],
          ]),
        }),
      ],
    ],
  ])('%s', (_what, rules) => {
    const found = analyze(rules).filter(({ code }) => code === 'RULE_SHADOWED');
    expect(found).toMatchObject([
      { severity: 'warning', ruleId: 'b', otherRuleId: 'a', message: expect.stringContaining('"Rule a"') },
    ]);
    expect(found[0]!.path).toBe(`rules[${rules.findIndex(({ id }) => id === 'b')}]`);
  });

  it.each<[string, RuleRecord[]]>([
    ['two conditions of which the narrower comes first', [rule('a'), rule('b', { when: header('x'), priority: 1 })]],
    ['a rule after one that is off', [rule('a', { isEnabled: false }), rule('b')]],
    ['a rule that is off', [rule('a'), rule('b', { isEnabled: false })]],
    ['an exact path and a prefix', [rule('a', path('exact', '/x/y')), rule('b', path('prefix', '/x/'))]],
    ['a prefix and a longer one', [rule('a', path('prefix', '/x/')), rule('b', path('prefix', '/x/y/'))]],
    ['a regex of another start', [rule('a', path('prefix', '/api/v1')), rule('b', path('regex', '/api/.*'))]],
    ['a rule without a path', [rule('a', path('prefix', '/')), rule('b')]],
    ['another method', [rule('a', { methods: ['GET'], priority: 1 }), rule('b', { methods: ['PUT'] })]],
    [
      'the path of the rule and that of the condition',
      [rule('a', path('exact', '/x')), rule('b', { when: { op: 'equals', operand: { from: 'path' }, value: '/x' } })],
    ],
    ['a split that leaves some out', [rule('a', { priority: 1, ...split([['v1', 5000, 0, 5000]]) }), rule('b', v2)]],
    [
      'a split for those with a unit',
      [rule('a', { priority: 1, ...split([['v1', 10_000, 0, 10_000]], 'skip') }), rule('b', v2)],
    ],
    ['a lane', [rule('a', { priority: 1, target: { kind: 'lane', tag: 'blue' } }), rule('b')]],
    [
      'two draws',
      [
        rule('a', { priority: 1, when: { op: 'random', below: 0.5 } }),
        rule('b', { when: { op: 'random', below: 0.5 } }),
      ],
    ],
  ])('not: %s', (_what, rules) => {
    expect(brief(rules).filter((text) => /SHADOWED|CONFLICT|UNREACHABLE/.test(text))).toEqual([]);
  });
});

describe('in conflict', () => {
  it('are two rules for the same requests with the same priority and different targets', () => {
    const both = { ...path('exact', '/x'), when: header('1') };
    expect(brief([rule('a', both), rule('b', { ...both, ...v2 })])).toEqual(['RULE_CONFLICT b<a rules[1]']);
    const lane = { target: { kind: 'lane', tag: 'blue' } } as const;
    expect(brief([rule('a', both), rule('b', { ...both, ...lane })])).toEqual(['RULE_CONFLICT b<a rules[1]']);
    expect(analyze([rule('a', both), rule('b', { ...both, ...v2 })])).toMatchObject([
      { severity: 'error', message: expect.stringContaining('"Rule a"') },
    ]);
  });

  it('are they also where conditions are only written differently', () => {
    const [p, q] = [header('1'), header('2', 'X-B')];
    const rules = [
      rule('a', { when: { op: 'all', of: [p, q] } }),
      rule('b', { when: { op: 'all', of: [q, p] }, ...v2 }),
    ];
    expect(brief(rules)).toEqual(['RULE_CONFLICT b<a rules[1]']);
  });

  it('are they also where one is written in CEL', () => {
    const rules = [
      rule('a', { when: { op: 'cel', expression: 'header["x-a"] == "1" && path.startsWith("/x")' } }),
      rule('b', {
        when: { op: 'all', of: [header('1'), { op: 'starts_with', operand: { from: 'path' }, value: '/x' }] },
        ...v2,
      }),
    ];
    expect(brief(rules)).toEqual(['RULE_CONFLICT b<a rules[1]']);
  });

  it('are not two with one target, another priority or another match', () => {
    expect(brief([rule('a'), rule('b')])).toEqual(['RULE_SHADOWED b<a rules[1]']);
    expect(brief([rule('a'), rule('b', { ...v2, priority: -1 })])).toEqual(['RULE_SHADOWED b<a rules[1]']);
    expect(brief([rule('a', { priority: 1 }), rule('b', { ...v2, when: header('1'), priority: 1 })])).toEqual([]);
    const parts = split([['v1', 10_000, 0, 10_000]]);
    expect(brief([rule('a', parts), rule('b', parts)])).toEqual(['RULE_SHADOWED b<a rules[1]']);
    expect(brief([rule('a', parts), rule('b', split([['v2', 10_000, 0, 10_000]]))])).toEqual([
      'RULE_CONFLICT b<a rules[1]',
    ]);
  });
});

describe('unreachable', () => {
  it.each<[string, Partial<RuleRecord>]>([
    ['two values of one header', { when: { op: 'all', of: [header('1'), header('2')] } }],
    ['no method', { methods: [] }],
    [
      'no size',
      {
        when: {
          op: 'all',
          of: [
            { op: 'greater', operand: { from: 'header', name: 'x-n' }, value: 5 },
            { op: 'less', operand: { from: 'header', name: 'X-N' }, value: 3 },
          ],
        },
      },
    ],
    ['two values in CEL', { when: { op: 'cel', expression: 'header["x-a"] == "1" && header["x-a"] == "2"' } }],
    ['a method that no request has', { when: { op: 'equals', operand: { from: 'method' }, value: 'get' } }],
  ])('is a rule that asks for %s', (_what, given) => {
    const found = analyze([rule('a', given)]).filter(({ code }) => code === 'RULE_UNREACHABLE');
    expect(found).toMatchObject([{ severity: 'error', ruleId: 'a', otherRuleId: null, path: 'rules[0]' }]);
    expect(found[0]!.message).toContain('no request');
  });

  it('shadows nothing', () => {
    expect(brief([rule('a', { methods: [], priority: 1 }), rule('b', { methods: [] })])).toEqual([
      'RULE_UNREACHABLE a rules[0]',
      'RULE_UNREACHABLE b rules[1]',
    ]);
  });
});

describe('what a rule names', () => {
  it.each<[string, Partial<RuleRecord>, string[]]>([
    [
      'a version that is not there',
      { target: { kind: 'version', version: 'v9' } },
      ['VERSION_UNKNOWN a rules[0].target.version'],
    ],
    [
      'a version of a name that objects have',
      { target: { kind: 'version', version: 'constructor' } },
      ['VERSION_UNKNOWN a rules[0].target.version'],
    ],
    [
      'a retired version',
      { target: { kind: 'version', version: 'v0' } },
      ['VERSION_RETIRED a rules[0].target.version'],
    ],
    [
      'a version without instances',
      { target: { kind: 'version', version: 'idle' } },
      ['VERSION_WITHOUT_INSTANCE a rules[0].target.version'],
    ],
    [
      'a fallback that is not there',
      { fallback: { mode: 'version', version: 'v9' } },
      ['VERSION_UNKNOWN a rules[0].fallback.version'],
    ],
    ['a fallback without a name', { fallback: { mode: 'version' } }, ['VERSION_UNKNOWN a rules[0].fallback.version']],
    ['another fallback', { fallback: { mode: 'nearest' } }, []],
    ['a retired shadow', { mirror: { version: 'v0', share: 100 } }, ['VERSION_RETIRED a rules[0].mirror.version']],
    ['a share beyond all', { mirror: { version: 'v1', share: 10_001 } }, ['SHARE_WRONG a rules[0].mirror.share']],
    ['half a basis point', { mirror: { version: 'v1', share: 0.5 } }, ['SHARE_WRONG a rules[0].mirror.share']],
    ['a share of everybody', { mirror: { version: 'v1', share: 10_000 } }, []],
    ['a lane that is not there', { target: { kind: 'lane', tag: 'lost' } }, ['LANE_UNKNOWN a rules[0].target.tag']],
    [
      'a strict lane without this service',
      { target: { kind: 'lane', tag: 'black' } },
      ['LANE_NOT_SERVED a rules[0].target.tag'],
    ],
    ['a permissive lane without this service', { target: { kind: 'lane', tag: 'red' } }, []],
    [
      'a lane of a version that is not there',
      { target: { kind: 'lane', tag: 'grey' } },
      ['VERSION_UNKNOWN a rules[0].target.tag'],
    ],
    ['a lane', { target: { kind: 'lane', tag: 'blue' } }, []],
    ['a regex that is none', path('regex', '/a('), ['REGEX_INVALID a rules[0].path.value']],
    ['a prefix that is open', path('prefix', '/api/v1'), ['PREFIX_OPEN a rules[0].path.value']],
    ['a prefix that is closed', path('prefix', '/api/v1/'), []],
    [
      'a draw',
      { when: { op: 'not', of: { op: 'any', of: [{ op: 'random', below: 0.5 }] } } },
      ['RULE_NOT_STICKY a rules[0].when'],
    ],
    [
      'a split with a draw',
      split([['v1', 10_000, 0, 10_000]], 'random'),
      ['RULE_NOT_STICKY a rules[0].target.split.whenMissing'],
    ],
    [
      'weights that do not add up',
      split([
        ['v1', 4000, 0, 4000],
        ['v2', 5000, 4000, 9000],
      ]),
      ['WEIGHTS_WRONG a rules[0].target.split.shares'],
    ],
    [
      'ranges that overlap',
      split([
        ['v1', 5000, 0, 5000],
        ['v2', 5000, 4000, 9000],
      ]),
      ['RANGES_WRONG a rules[0].target.split.shares[1].ranges[0]'],
    ],
    [
      'ranges of another size',
      split([
        ['v1', 5000, 0, 4000],
        ['v2', 5000, 5000, 10_000],
      ]),
      ['RANGES_WRONG a rules[0].target.split.shares[0].ranges'],
    ],
    [
      'a share of what is not there',
      split([
        ['v1', 9999, 0, 9999],
        ['v9', 1, 9999, 10_000],
      ]),
      ['VERSION_UNKNOWN a rules[0].target.split.shares[1].version'],
    ],
  ])('%s', (_what, given, found) => {
    expect(brief([rule('a', given)])).toEqual(found);
  });

  it('is looked at in rules that are off, too', () => {
    expect(brief([rule('a', { isEnabled: false, target: { kind: 'version', version: 'v9' } })])).toEqual([
      'VERSION_UNKNOWN a rules[0].target.version',
    ]);
  });

  it('is no matter in a share of nothing', () => {
    const shares = {
      unit: { by: 'user' },
      whenMissing: 'tenant',
      salt: 's',
      shares: [
        { version: 'v9', weight: 0, ranges: [] },
        { version: 'v1', weight: 10_000, ranges: [[0, 10_000]] },
      ],
    } as const;
    expect(brief([rule('a', { target: { kind: 'split', split: shares } })])).toEqual([]);
  });

  it('is told once for a rule whose condition is broken', () => {
    const cidr: Condition = { op: 'cidr', operand: { from: 'client_ip' }, networks: ['10.0.0.0/33'] };
    expect(brief([rule('a'), rule('b', { when: cidr })])).toEqual([
      expect.stringMatching(/^CONDITION_INVALID b rules\[1\]\.when/),
    ]);
  });

  it('is told in the order of the rules', () => {
    const found = brief([
      rule('a', { priority: 9 }),
      rule('b', path('prefix', '/x')),
      rule('b', { target: { kind: 'version', version: 'v9' } }),
    ]);
    expect(found).toEqual([
      'PREFIX_OPEN b rules[1].path.value',
      'RULE_ID_DUPLICATE b<b rules[2].id',
      'VERSION_UNKNOWN b rules[2].target.version',
      'RULE_SHADOWED b<a rules[2]',
    ]);
  });
});

describe('a large set', () => {
  const rules = Array.from({ length: 100 }, (_, i) => rule(`r${i}`, { when: header(`${i}`), priority: -i }));
  const set = {
    number: 1,
    normalizePath: false,
    rules: [...rules, rule('last', { when: header('77'), priority: -999 })],
  };

  it('is compared to its end', () => {
    expect(brief(set.rules)).toEqual(['RULE_SHADOWED last<r77 rules[100]']);
  });

  it('is given up when that takes too long', () => {
    expect(compareRules(set, 100_000)).toHaveLength(1);
    expect(compareRules(set, 10_000)).toEqual([]);
  });
});
