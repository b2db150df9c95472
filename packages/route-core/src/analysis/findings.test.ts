import { describe, expect, it } from 'vitest';
import type { ServiceRecord } from '../records.ts';
import type { LaneRecord, RuleRecord } from '../routing-records.ts';
import { analyzeRules } from './analyze-rules.ts';
import type { RuleFinding } from './rule-finding.ts';

/** What an operator reads beside a rule: the words, and the place they stand at. */

const service: ServiceRecord = {
  id: 'pay',
  unknownTenant: 'default',
  balancer: 'round_robin',
  fallback: 'fail',
  defaults: [{ version: 'v1', weight: 10_000 }],
  versions: [
    { version: 'v1', ordinal: 1, status: 'active' },
    { version: 'old', ordinal: 0, status: 'retired' },
    { version: 'idle', ordinal: 2, status: 'active' },
  ],
};
const lanes: LaneRecord[] = [{ tag: 'black', mode: 'strict', versions: [{ serviceId: 'other', version: 'v1' }] }];
const toV1: RuleRecord['target'] = { kind: 'version', version: 'v1' };
const to = (version: string): RuleRecord['target'] => ({ kind: 'version', version });
const toLane = (tag: string): RuleRecord['target'] => ({ kind: 'lane', tag });

function split(weight: number, ranges: readonly [number, number][], whenMissing: 'skip' | 'random' = 'skip') {
  const shares = [{ version: 'v1', weight, ranges }];
  return { kind: 'split', split: { unit: { by: 'user' }, whenMissing, salt: 's', shares } } as const;
}

function findingsOf(target: RuleRecord['target'], more: Partial<RuleRecord> = {}, count = 1): RuleFinding[] {
  const rule = { id: 'r', name: 'R', priority: 0, isEnabled: true, target, ...more };
  const rules = Array.from({ length: count }, () => rule);
  return analyzeRules({
    service,
    ruleSet: { number: 1, normalizePath: false, rules },
    lanes,
    instanceCounts: { v1: 1 },
  });
}

describe('a finding', () => {
  it.each<[string, string, string, RuleRecord['target'], Partial<RuleRecord>]>([
    ['VERSION_UNKNOWN', 'target.version', 'there is no version "v9"', to('v9'), {}],
    ['VERSION_RETIRED', 'target.version', 'version "old" is retired', to('old'), {}],
    ['VERSION_WITHOUT_INSTANCE', 'target.version', 'version "idle" has no instance that could answer', to('idle'), {}],
    ['VERSION_UNKNOWN', 'fallback.version', 'names no version', toV1, { fallback: { mode: 'version' } }],
    ['VERSION_UNKNOWN', 'mirror.version', 'there is no version "v9"', toV1, { mirror: { version: 'v9', share: 1 } }],
    [
      'SHARE_WRONG',
      'mirror.share',
      '-1 is no whole number from 0 to 10000',
      toV1,
      { mirror: { version: 'v1', share: -1 } },
    ],
    [
      'SHARE_WRONG',
      'mirror.share',
      '10001 is no whole number from 0 to 10000',
      toV1,
      { mirror: { version: 'v1', share: 10_001 } },
    ],
    ['LANE_UNKNOWN', 'target.tag', 'there is no lane "x"', toLane('x'), {}],
    [
      'LANE_NOT_SERVED',
      'target.tag',
      'lane "black" is strict and has no version of this service: all would be refused',
      toLane('black'),
      {},
    ],
    [
      'PREFIX_OPEN',
      'path.value',
      'is plain text: it also matches "/a0"; end it with a slash, or add an exact rule',
      toV1,
      { path: { type: 'prefix', value: '/a' } },
    ],
    [
      'RULE_NOT_STICKY',
      'when',
      'random() is drawn anew for every request: a user changes between versions',
      toV1,
      {
        when: {
          op: 'all',
          of: [
            { op: 'exists', operand: { from: 'user' } },
            { op: 'random', below: 0.5 },
          ],
        },
      },
    ],
    [
      'RULE_NOT_STICKY',
      'target.split.whenMissing',
      'requests without the unit change between versions',
      split(10_000, [[0, 10_000]], 'random'),
      {},
    ],
    [
      'RANGES_WRONG',
      'target.split.shares[0].ranges',
      '9000 buckets for a weight of 10000',
      split(10_000, [[0, 9_000]]),
      {},
    ],
    [
      'RANGES_WRONG',
      'target.split.shares[0].ranges[11]',
      '[0, 1) overlaps another',
      split(10_000, [...Array.from({ length: 11 }, (_, i): [number, number] => [i * 909, (i + 1) * 909]), [0, 1]]),
      {},
    ],
  ])('%s at %s says: %s', (code, path, message, target, more) => {
    expect(findingsOf(target, more)).toContainEqual(
      expect.objectContaining({ code, ruleId: 'r', otherRuleId: null, path: `rules[0].${path}`, message }),
    );
  });

  it('of weights names their sum, and each that cannot be', () => {
    const findings = findingsOf(split(-1, []));
    expect(findings.map(({ path, message }) => [path, message])).toEqual(
      expect.arrayContaining([
        ['rules[0].target.split.shares', 'the weights add up to -1, not 10000'],
        ['rules[0].target.split.shares[0].weight', '-1 is no whole number from 0 to 10000'],
      ]),
    );
  });

  it('of two rules of one id names it', () => {
    expect(findingsOf(toV1, {}, 2)).toContainEqual(
      expect.objectContaining({
        code: 'RULE_ID_DUPLICATE',
        path: 'rules[1].id',
        message: 'another rule has the id "r"',
      }),
    );
  });
});
