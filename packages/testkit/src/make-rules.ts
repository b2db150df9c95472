import type { PathMatch, RuleRecord, RuleSetRecord } from '@grey/route-core';

/** The forms that made-up rules take in turn: what they ask for, and whether they split. */
const FORMS: readonly ((index: number, version: string, other: string) => Partial<RuleRecord>)[] = [
  (index) => ({ path: { type: 'exact', value: `/api/exact/${index}` }, methods: ['GET'] }),
  (index) => ({ path: prefix(index) }),
  (index) => ({
    path: prefix(index),
    when: { op: 'equals', operand: { from: 'header', name: 'x-beta' }, value: '1' },
  }),
  (index, version, other) => ({
    path: prefix(index),
    target: {
      kind: 'split',
      split: {
        unit: { by: 'user' },
        whenMissing: 'tenant',
        salt: `rule-${index}`,
        shares: [
          { version, weight: 1_000, ranges: [[0, 1_000]] },
          { version: other, weight: 9_000, ranges: [[1_000, 10_000]] },
        ],
      },
    },
  }),
  (index) => ({ when: { op: 'equals', operand: { from: 'attribute', name: 'plan' }, value: `plan-${index}` } }),
];

/**
 * So many rules, in turn with an exact path and a method, a prefix, a prefix and a header, a prefix and a split, an attribute
 * alone. Paths are `/api/exact/N` and `/api/prefix/N/…`, where N is the rule's place; requests elsewhere match none.
 * @param versions of the service, at least one
 */
export function makeRules(count: number, versions: readonly string[]): RuleSetRecord {
  const rules = Array.from({ length: count }, (_, index): RuleRecord => {
    const [version, other] = [versions[index % versions.length], versions[(index + 1) % versions.length]] as string[];
    const form = FORMS[index % FORMS.length] as (typeof FORMS)[number];
    return {
      id: `rule-${index}`,
      name: `Rule ${index}`,
      priority: index % 3,
      isEnabled: true,
      target: { kind: 'version', version: version as string },
      ...form(index, version as string, other as string),
    };
  });
  return { number: 1, normalizePath: false, rules };
}

function prefix(index: number): PathMatch {
  return { type: 'prefix', value: `/api/prefix/${index}/` };
}
