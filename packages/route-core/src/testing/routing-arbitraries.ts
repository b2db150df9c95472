import fc from 'fast-check';
import type { RequestMetadata } from '../decision.ts';
import type {
  BucketRange,
  Condition,
  ExperimentRecord,
  FlagRecord,
  LaneRecord,
  Operand,
  PortionRecord,
  RuleRecord,
  RuleSetRecord,
  SplitRecord,
  TargetRecord,
  UnitRecord,
} from '../routing-records.ts';

/** What requests say and rules ask for: few values, so that they meet. `stray` is a version that no catalogue has. */
const version = fc.constantFrom('v0', 'v1', 'v2', 'v3', 'stray');
const PATHS = ['/', '/a', '/a/', '/a/b', '/a/b/c', '/x'];
const tag = fc.constantFrom('blue', 'green');
/** The clock of the histories stands at 1 000. */
const instant = fc.constantFrom(999, 1_000, 1_001);

const operand = fc.constantFrom<Operand[]>(
  { from: 'header', name: 'X-A' },
  { from: 'attribute', name: 'plan' },
  { from: 'user' },
  { from: 'tenant' },
);
const value = fc.constantFrom('1', '2', 'u1', 't1');
const unit = fc.constantFrom<UnitRecord[]>({ by: 'user' }, { by: 'tenant' }, { by: 'header', name: 'x-a' });
const salt = fc.constantFrom('s', 't');

const portion: fc.Arbitrary<PortionRecord> = fc.record({ unit, share: fc.constantFrom(0, 3000, 7000, 10_000), salt });

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('equals' as const), operand, value }) },
  fc.record({ op: fc.constant('in' as const), operand, values: fc.array(value, { maxLength: 3 }) }),
  fc.record({ op: fc.constant('exists' as const), operand }),
  fc.record({ op: fc.constant('percentage' as const), portion }),
  fc.record({ op: fc.constant('random' as const), below: fc.constantFrom(0.3, 0.7) }),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: fc.record({ op: fc.constantFrom('all', 'any'), of: fc.array(tie('any'), { maxLength: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('not' as const), of: tie('any') }) },
  ),
})).any;

/** Two shares that lie side by side, one of them in two pieces, or one that leaves buckets without an owner. */
const ranges: fc.Arbitrary<readonly BucketRange[][]> = fc
  .integer({ min: 1, max: 9_999 })
  .chain((cut) =>
    fc.constantFrom<BucketRange[][][]>(
      [[[0, cut]], [[cut, 10_000]]],
      [[[cut, 10_000]], [[0, cut]]],
      [[[0, Math.ceil(cut / 2)]], [[cut, 10_000]]],
    ),
  );

const weightOf = (own: readonly BucketRange[]): number => own.reduce((sum, [from, to]) => sum + to - from, 0);

export const shares = fc
  .tuple(ranges, version, version)
  .map(([own, ...versions]) => versions.map((v, i) => ({ version: v, weight: weightOf(own[i]!), ranges: own[i]! })));

const split: fc.Arbitrary<SplitRecord> = fc.record({
  unit,
  whenMissing: fc.constantFrom('skip', 'tenant', 'random'),
  salt,
  shares,
});

const target: fc.Arbitrary<TargetRecord> = fc.oneof(
  version.map((v) => ({ kind: 'version' as const, version: v })),
  split.map((own) => ({ kind: 'split' as const, split: own })),
  fc.constantFrom('blue', 'green', 'nowhere').map((own) => ({ kind: 'lane' as const, tag: own })),
);

const path = fc.oneof(
  fc.record({ type: fc.constantFrom('exact' as const, 'prefix' as const), value: fc.constantFrom(...PATHS) }),
  fc.record({ type: fc.constant('regex' as const), value: fc.constantFrom('/a.*', '/a/?', '^/[ax]$', '.*/b') }),
);

const rule: fc.Arbitrary<Omit<RuleRecord, 'id' | 'name'>> = fc.record(
  {
    priority: fc.constantFrom(0, 0, 1),
    isEnabled: fc.constantFrom(true, true, true, false),
    path,
    methods: fc.constantFrom(['GET'], ['GET', 'PURGE'], ['*']),
    when: condition,
    target,
    fallback: fc.oneof(
      fc.record({ mode: fc.constantFrom('fail', 'baseline', 'nearest') }),
      version.map((v) => ({ mode: 'version' as const, version: v })),
    ),
    mirror: fc.record({ version, share: fc.constantFrom(0, 4000, 10_000) }),
  },
  { requiredKeys: ['priority', 'isEnabled', 'target'] },
);

export const ruleSet: fc.Arbitrary<RuleSetRecord> = fc.record({
  number: fc.constantFrom(1, 2),
  normalizePath: fc.boolean(),
  rules: fc
    .array(rule, { maxLength: 7 })
    .map((rules) => rules.map((own, i) => ({ ...own, id: `r${i}`, name: `rule ${i}` }))),
});

export const experiments: fc.Arbitrary<ExperimentRecord[]> = fc
  .array(
    fc.record(
      {
        isRunning: fc.constantFrom(true, true, false),
        unit,
        whenMissing: fc.constantFrom('skip' as const, 'tenant'),
        salt,
        hashing: fc.constantFrom('murmur3' as const, 'murmur3', 'md5_java'),
        variants: shares.map((own) => own.map((share, i) => ({ ...share, name: `variant ${i}` }))),
        when: condition,
        startAt: instant,
        endAt: instant,
        group: fc.record({ name: fc.constantFrom('g', 'h'), ranges: ranges.map((own) => own[0]!) }),
      },
      { requiredKeys: ['isRunning', 'unit', 'whenMissing', 'salt', 'hashing', 'variants'] },
    ),
    { maxLength: 3 },
  )
  .chain((own) => fc.shuffledSubarray(own.map((experiment, i) => ({ ...experiment, id: `e${i}` }))));

export const flags: fc.Arbitrary<FlagRecord[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('f', 'g', '__proto__'),
    isEnabled: fc.constantFrom(true, true, false),
    value: fc.constantFrom(false, 'off', 0),
    rules: fc.array(
      fc.record({ when: condition, portion, value: fc.constantFrom(true, 'on', 1) }, { requiredKeys: ['value'] }),
      { maxLength: 3 },
    ),
  }),
  { selector: (flag) => flag.name, maxLength: 2 },
);

export const lane: fc.Arbitrary<LaneRecord> = fc.record(
  {
    tag,
    mode: fc.constantFrom('strict', 'permissive'),
    versions: fc.uniqueArray(fc.record({ serviceId: fc.constantFrom('s0', 's1', 'lost'), version }), {
      selector: (entry) => entry.serviceId,
      maxLength: 2,
    }),
    entry: fc.record({ when: condition, portion }, { requiredKeys: [] }),
  },
  { requiredKeys: ['tag', 'mode', 'versions'] },
);
export const laneTag = tag;

export const metadata: fc.Arbitrary<RequestMetadata> = fc.record(
  {
    userId: fc.constantFrom('', 'u1', 'u2', 'u3'),
    sessionId: fc.constantFrom('x', 'y'),
    headers: fc.constantFrom({ 'X-A': '1' }, { 'x-a': '2' }, {}),
    attributes: fc.record({ plan: value }),
    path: fc.constantFrom(...PATHS, '/a/b?x=1', '/a#b', '/a//b', '/ab', ''),
    method: fc.constantFrom('GET', 'get', 'PURGE', 'POST'),
    tag: fc.constantFrom('', 'blue', 'green', 'unheard-of'),
  },
  { requiredKeys: [] },
);
