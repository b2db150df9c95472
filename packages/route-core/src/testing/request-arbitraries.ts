import fc from 'fast-check';
import type { RequestMetadata } from '../decision.ts';
import type { Condition, Operand, Scalar } from '../routing-records.ts';

/** Few operands with few values, so that conditions meet, imply and exclude one another. */
const TEXTS = [
  '',
  '1',
  '2',
  '5',
  '5.0',
  'a',
  'ab',
  'abc',
  'b',
  'true',
  'v1.2',
  '2.0.0',
  '10.0.0.1',
  '::1',
  'GET',
  'get',
];
const NUMBERS = [0, 1, 2, 5, 7];

const operand: fc.Arbitrary<Operand> = fc.constantFrom<Operand[]>(
  { from: 'header', name: 'X-A' },
  { from: 'header', name: 'x-a' },
  { from: 'attribute', name: 'n' },
  { from: 'claim', name: 'n' },
  { from: 'user' },
  { from: 'method' },
  { from: 'client_ip' },
  { from: 'path' },
);
const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(...NUMBERS);
const scalar: fc.Arbitrary<Scalar> = fc.oneof(text, number, fc.boolean());
const network = fc.constantFrom(
  '10.0.0.0/8',
  '10.0.0.0/30',
  '10.0.0.1',
  '0.0.0.0/0',
  '::/0',
  '::1',
  '::ffff:10.0.0.0/104',
  '192.168.0.0/16',
);
const instant = fc.constantFrom(
  '2026-01-01T00:00:00Z',
  '2026-06-01T00:00:00Z',
  '2026-11-21T12:00:00Z',
  '2027-01-01T00:00:00Z',
);
const minute = fc.constantFrom(0, 60, 600, 720, 1439, 1440);

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ op: fc.constant('exists' as const), operand }),
  fc.record({ op: fc.constant('equals' as const), operand, value: scalar }),
  fc.record({ op: fc.constant('in' as const), operand, values: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({ op: fc.constantFrom('starts_with' as const, 'ends_with', 'contains'), operand, value: text }),
  fc.record({ op: fc.constant('matches' as const), operand, pattern: fc.constantFrom('^a', 'b$', '[0-9]', '(') }),
  fc.record({
    op: fc.constantFrom('less' as const, 'less_or_equal', 'greater', 'greater_or_equal'),
    operand,
    value: number,
  }),
  fc.record({
    op: fc.constant('semver' as const),
    operand,
    range: fc.constantFrom('>=1', '^1.2', '>=2', '<2', 'x y', ''),
  }),
  fc.record({ op: fc.constant('cidr' as const), operand, networks: fc.array(network, { maxLength: 3 }) }),
  fc.record({
    op: fc.constant('modulo' as const),
    operand,
    divisor: fc.constantFrom(2, 3),
    below: fc.constantFrom(0, 1, 2),
  }),
  fc.record(
    {
      op: fc.constant('time' as const),
      from: instant,
      until: instant,
      days: fc.subarray([1, 2, 6, 7]),
      fromMinute: minute,
      untilMinute: minute,
    },
    { requiredKeys: ['op'] },
  ),
  fc.record({
    op: fc.constant('percentage' as const),
    portion: fc.record({
      unit: fc.constantFrom({ by: 'user' as const }, { by: 'header' as const, name: 'x-a' }),
      share: fc.constantFrom(0, 5000, 9000, 10_000),
      salt: fc.constantFrom('s', 't'),
    }),
  }),
  fc.record({ op: fc.constant('random' as const), below: fc.constantFrom(0, 0.5, 1) }),
);

export const condition: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ op: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('any'), { maxLength: 3 }) }),
    fc.record({ op: fc.constant('not' as const), of: tie('any') }),
  ),
})).any;

/** Requests whose values are those that the conditions ask for. */
export const metadata: fc.Arbitrary<RequestMetadata> = fc.record(
  {
    headers: text.map((value) => ({ 'X-A': value })),
    attributes: scalar.map((value) => ({ n: value })),
    claims: scalar.map((value) => ({ n: value })),
    userId: text,
    method: text,
    clientIp: text,
    path: text,
  },
  { requiredKeys: [] },
);

/** Instants in and outside of the windows that the conditions name. */
export const clock: fc.Arbitrary<number> = fc
  .tuple(instant, fc.integer({ min: -8, max: 8 }), fc.integer({ min: 0, max: 1439 }))
  .map(([at, days, minutes]) => Date.parse(at) + days * 86_400_000 + minutes * 60_000);
