import fc from 'fast-check';
import type { RequestMetadata } from '../decision.ts';
import type { Condition, Operand, Scalar, UnitRecord } from '../routing-records.ts';

/** Few names and telling values, so that conditions meet requests: empty, missing, of another type, nearly a number. */
const NAMES = ['x', 'X-Beta', 'a.b', 'in', "it's", 'é'];
const TEXTS = [
  '',
  'true',
  'x',
  'xy',
  'yx',
  'v1.2',
  '2.0.0-rc.1',
  '10.1.2.3',
  '::1',
  '42',
  '007',
  '-1.5',
  'a\nb',
  "q'\\",
];
const SCALARS: Scalar[] = [...TEXTS, 0, 42, -1.5, 1e21, true, false];
const PATTERNS = ['x', '^x', 'y$', '^$', '.*', '^xy$', '[xy]+', '^x.*', '4.', '\\.', '(?i)TRUE'];
const RANGES = ['', '>=1.2.0', '<2', '^2.0.0-rc.0', '1.x || 2.x'];
const NETWORKS = ['10.0.0.0/8', '10.1.2.3', '::/0', '::1', '0.0.0.0/0'];
const INSTANTS = ['2026-01-01T00:00:00Z', '2026-06-01T12:00:00+02:00', '2026-11-21T10:00:00.500Z'];

const text = fc.constantFrom(...TEXTS);
const name = fc.constantFrom(...NAMES);
const claimName = fc.constantFrom('x', 'a', 'a.b', 'a.in', 'a.b.c', 'list', 'list.0', 'x\\.y', 'nothing');

const operand: fc.Arbitrary<Operand> = fc.oneof(
  fc.record({ from: fc.constantFrom('header', 'cookie', 'query', 'attribute'), name }),
  fc.record({ from: fc.constant('claim' as const), name: claimName }),
  fc.record({
    from: fc.constantFrom('path', 'method', 'user', 'session', 'tenant', 'token', 'client_ip', 'region', 'tag'),
  }),
);

const unit: fc.Arbitrary<UnitRecord> = fc.oneof(
  fc.record({ by: fc.constantFrom('user', 'session', 'tenant', 'token') }),
  fc.record({ by: fc.constantFrom('cookie', 'header', 'attribute'), name }),
  fc.record({ by: fc.constant('claim' as const), name: claimName }),
);

const number = fc.constantFrom(0, 42, -1.5, 5, 1e21, 0.1);
const minute = fc.constantFrom(0, 60, 599, 600, 601, 1439, 1440);

const window: fc.Arbitrary<Condition> = fc.record(
  {
    op: fc.constant('time' as const),
    from: fc.constantFrom(...INSTANTS),
    until: fc.constantFrom(...INSTANTS),
    days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
    fromMinute: minute,
    untilMinute: minute,
  },
  { requiredKeys: ['op'] },
);

const comparison: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ op: fc.constant('exists' as const), operand }),
  fc.record({ op: fc.constant('equals' as const), operand, value: fc.constantFrom(...SCALARS) }),
  fc.record({
    op: fc.constant('in' as const),
    operand,
    values: fc.array(fc.constantFrom(...SCALARS), { maxLength: 6 }),
  }),
  fc.record({ op: fc.constantFrom('starts_with', 'ends_with', 'contains'), operand, value: text }),
  fc.record({ op: fc.constant('matches' as const), operand, pattern: fc.constantFrom(...PATTERNS) }),
  fc.record({ op: fc.constantFrom('less', 'less_or_equal', 'greater', 'greater_or_equal'), operand, value: number }),
  fc.record({ op: fc.constant('semver' as const), operand, range: fc.constantFrom(...RANGES) }),
  fc.record({
    op: fc.constant('cidr' as const),
    operand,
    networks: fc.array(fc.constantFrom(...NETWORKS), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    op: fc.constant('modulo' as const),
    operand,
    divisor: fc.constantFrom(1, 2, 7, 100),
    below: fc.constantFrom(0, 1, 3, 50),
  }),
  window,
  fc.record({
    op: fc.constant('percentage' as const),
    portion: fc.record({ unit, share: fc.constantFrom(0, 1, 3333, 5000, 10_000), salt: fc.constantFrom('s', "t'") }),
  }),
  fc.record({ op: fc.constant('random' as const), below: fc.constantFrom(0, 0.05, 0.5, 1) }),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'condition' },
    { weight: 3, arbitrary: comparison },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constantFrom('all', 'any'),
        of: fc.array(tie('condition'), { maxLength: 4, depthIdentifier: 'condition' }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('not' as const), of: tie('condition') }) },
  ),
}));

/** Trees of every kind of comparison. */
export const conditionTree: fc.Arbitrary<Condition> = condition;

const VALUES = [
  'path',
  'user',
  'tag',
  "header['x']",
  'header.x',
  "headers['X-BETA']",
  "header.get('x')",
  "cookie['x']",
  "query.get('a.b')",
  "attributes['x']",
  'attribute.x',
  "attributes.get('x')",
  'claims.x',
  'claims.a.b',
  "claims['x.y']",
  'claims.list',
  "claims.get('x')",
];
const value = fc.constantFrom(...VALUES);
const literal = fc.constantFrom("''", "'x'", "'true'", '42', '42.0', '-1.5', 'true', 'null', "'42'", '7u');
const relation = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const filled = (template: TemplateStringsArray, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => String.raw({ raw: template }, ...texts));

const atom = fc.oneof(
  filled`${value} ${relation} ${literal}`,
  filled`${literal} ${relation} ${value}`,
  filled`number(${value}) ${relation} ${fc.constantFrom('42', '-1.5', '0', '1.0e21')}`,
  filled`42 ${relation} number(${value})`,
  filled`number(${value}) in [42, -1.5]`,
  filled`uid % ${fc.constantFrom('7', '2', '0', '2.0')} ${relation} ${fc.constantFrom('0', '3', '2.5')}`,
  filled`wholeNumber(${value}) % 7 ${relation} 3`,
  filled`${value} in ${fc.constantFrom("['x', 'true']", "['x', true]", "[true, 'true']", "['', 'x']", '[]', '[42]', "['x', 42]")}`,
  filled`${fc.constantFrom("'x'", "'a.b'", "'X-BETA'", "''")} in ${fc.constantFrom('header', 'cookie', 'attributes', 'claims', 'claims.a', 'claims.list', "['x']")}`,
  filled`has(${fc.constantFrom('header.x', 'claims.x', 'claims.a', 'claims.a.b', 'claims.list.x', 'claims.x.y', 'attributes.x')})`,
  filled`${value}.${fc.constantFrom('startsWith', 'endsWith', 'contains')}(${fc.constantFrom("''", "'x'", "'y'", 'path')})`,
  filled`${value}.matches(${fc.constantFrom("'^x'", "'.*'", "'y$'", "r'[xy]+'")})`,
  filled`matches(${value}, 'x.')`,
  filled`semver(${value}, ${fc.constantFrom("'>=1.2.0'", "''")})`,
  filled`inCidr(${value}, ${fc.constantFrom("'10.0.0.0/8'", "['::/0', '10.1.2.3']")})`,
  filled`percentage(${value}, ${fc.constantFrom('50', '33.33', '100.0')}, 's')`,
  filled`random() ${relation} ${fc.constantFrom('0.05', '0.5', '1')}`,
  filled`now() ${relation} timestamp('${fc.constantFrom(...INSTANTS, '2026-11-21T10:00:00.0005Z', '2026-11-21')}')`,
  filled`weekday() ${fc.constantFrom('== 6', 'in [5, 6]', 'in [0, 6]', '> 5')}`,
  filled`minuteOfDay() ${relation} ${fc.constantFrom('599', '600', '601')}`,
  fc.constantFrom(
    'true',
    'false',
    'size(path) > 3',
    "claims.list.exists(i, i == 'x')",
    "dyn(user) == 'x'",
    "user == 'x' ? has(claims.a) : 1 / 0 > 1",
  ),
);

/** Expressions that may be true, false or fail, of forms that trees have and others. */
export const celExpression: fc.Arbitrary<string> = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  return {
    expression: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'cel' },
      { weight: 3, arbitrary: atom },
      { weight: 1, arbitrary: filled`(${inner} && ${inner})` },
      { weight: 1, arbitrary: filled`(${inner} || ${inner})` },
      { weight: 1, arbitrary: filled`!(${inner})` },
      { weight: 1, arbitrary: filled`isTrue(${inner})` },
    ),
  };
}).expression;

const texts = fc.dictionary(fc.constantFrom(...NAMES, 'X', 'x-beta'), text, { maxKeys: 4 });
const claimValue = fc.oneof(
  fc.constantFrom<unknown>(...SCALARS, null),
  fc.constant(['x', null, 1]),
  fc.dictionary(
    fc.constantFrom('b', 'in', 'c'),
    fc.oneof(fc.constantFrom<unknown>(...SCALARS, null), fc.constant({ c: 'x' })),
  ),
);

export const metadata: fc.Arbitrary<RequestMetadata> = fc.record(
  {
    userId: text,
    sessionId: text,
    headers: texts,
    cookies: texts,
    query: texts,
    path: fc.constantFrom('', '/x', '/x?y', 'xy', 'x'),
    method: fc.constantFrom('get', 'POST', ''),
    clientIp: text,
    region: text,
    token: text,
    tag: text,
    attributes: fc.dictionary(name, fc.constantFrom(...SCALARS), { maxKeys: 4 }),
    claims: fc.dictionary(fc.constantFrom('x', 'a', 'x.y', 'list', 'constructor'), claimValue),
    x: fc.constantFrom(...SCALARS),
  },
  { requiredKeys: [] },
);
