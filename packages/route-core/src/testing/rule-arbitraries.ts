import fc from 'fast-check';
import type { RuleRecord, RuleSetRecord, TargetRecord } from '../routing-records.ts';
import { condition } from './request-arbitraries.ts';

const PATHS = ['/', '/api', '/api/', '/api/v1', '/api/v1/', '/other'];

const path: fc.Arbitrary<NonNullable<RuleRecord['path']>> = fc.oneof(
  fc.record({ type: fc.constantFrom('exact' as const, 'prefix'), value: fc.constantFrom(...PATHS) }),
  fc.record({
    type: fc.constant('regex' as const),
    value: fc.constantFrom('/api/.*', '/api/v[0-9]+', '/api|/other', '('),
  }),
);

const version = fc.constantFrom('v1', 'v2');

const target: fc.Arbitrary<TargetRecord> = fc.oneof(
  { weight: 3, arbitrary: version.map((name) => ({ kind: 'version' as const, version: name })) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('split' as const),
      split: fc.record({
        unit: fc.constant({ by: 'user' as const }),
        whenMissing: fc.constantFrom('skip' as const, 'tenant', 'random'),
        salt: fc.constant('s'),
        shares: fc.constantFrom<{ version: string; weight: number; ranges: [number, number][] }[][]>(
          [
            { version: 'v1', weight: 4000, ranges: [[0, 4000]] },
            { version: 'v2', weight: 6000, ranges: [[4000, 10_000]] },
          ],
          [{ version: 'v1', weight: 10_000, ranges: [[0, 10_000]] }],
          [{ version: 'v1', weight: 5000, ranges: [[0, 5000]] }],
        ),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom('blue', 'red', 'lost').map((tag) => ({ kind: 'lane' as const, tag })) },
);

const rule: fc.Arbitrary<Omit<RuleRecord, 'id' | 'name'>> = fc.record(
  {
    priority: fc.constantFrom(0, 0, 10),
    isEnabled: fc.constantFrom(true, true, true, false),
    path,
    methods: fc.subarray(['GET', 'POST', '*']),
    when: condition,
    target,
  },
  { requiredKeys: ['priority', 'isEnabled', 'target'] },
);

export const ruleSet: fc.Arbitrary<RuleSetRecord> = fc.record({
  number: fc.constant(1),
  normalizePath: fc.boolean(),
  rules: fc
    .array(rule, { maxLength: 8 })
    .map((rules) => rules.map((own, i) => ({ ...own, id: `r${i}`, name: `Rule ${i}` }))),
});

/** Paths that the rules match, nearly match and do not match. */
export const requestPath: fc.Arbitrary<string> = fc.constantFrom(
  ...PATHS,
  '/api/v10',
  '/api//v1',
  '/api/v1?x=1',
  '/api/v1#y',
  '',
);
