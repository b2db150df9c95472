import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildSnapshot,
  type Condition,
  createDecisionEnv,
  decide,
  explain,
  type RuleRecord,
  type Snapshot,
} from '../index.ts';

/** Rules that ask for the values of few headers, so that most can be passed over without being asked. */

type Headers = Readonly<Record<string, string>>;

const NAMES = ['a', 'b', 'c'];
const VALUES = ['1', '2', '3', '4', '5'];

const header = (name: string) => ({ from: 'header', name }) as const;
const equals = (name: string, value: string): Condition => ({ op: 'equals', operand: header(name), value });

const name = fc.constantFrom(...NAMES);
const value = fc.constantFrom(...VALUES);
const single: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(name, value).map(([n, v]) => equals(n, v)) },
  fc
    .tuple(name, fc.array(value, { minLength: 1 }))
    .map(([n, values]): Condition => ({ op: 'in', operand: header(n), values })),
  fc.tuple(name, value).map(([n, v]): Condition => ({ op: 'not', of: equals(n, v) })),
  name.map((n): Condition => ({ op: 'exists', operand: header(n) })),
);
const condition: fc.Arbitrary<Condition | null> = fc.oneof(
  { weight: 6, arbitrary: single },
  {
    weight: 2,
    arbitrary: fc.array(single, { minLength: 1, maxLength: 3 }).map((of): Condition => ({ op: 'all', of })),
  },
  fc.array(single, { minLength: 1, maxLength: 3 }).map((of): Condition => ({ op: 'any', of })),
  fc.constant(null),
);
const headers: fc.Arbitrary<Headers> = fc.dictionary(name, value, { maxKeys: 3 });

/** Whether a condition of these kinds holds, as simply as can be said. */
function holds(of: Condition | null, given: Headers): boolean {
  if (of === null) return true;
  if (of.op === 'all') return of.of.every((part) => holds(part, given));
  if (of.op === 'any') return of.of.some((part) => holds(part, given));
  if (of.op === 'not') return !holds(of.of, given);
  const seen = given[(of as { operand: { name: string } }).operand.name];
  if (of.op === 'equals') return seen === of.value;
  if (of.op === 'in') return seen !== undefined && of.values.includes(seen);
  return seen !== undefined;
}

/** The earlier of two conditions goes first, by its priority. */
function snapshotOf(conditions: readonly (Condition | null)[]): Snapshot {
  const rules = conditions.map(
    (when, at): RuleRecord => ({
      id: `r${at}`,
      name: `r${at}`,
      priority: conditions.length - at,
      isEnabled: true,
      target: { kind: 'version', version: 'v1' },
      ...(when === null ? {} : { when }),
    }),
  );
  return buildSnapshot({
    position: { epoch: 'e1', revision: 1 },
    tenants: [{ id: 'acme', status: 'active' }],
    services: [
      {
        id: 'pay',
        unknownTenant: 'reject',
        balancer: 'round_robin',
        fallback: 'fail',
        defaults: [{ version: 'v1', weight: 10_000 }],
        versions: [{ version: 'v1', ordinal: 1, status: 'active' }],
        ruleSet: { number: 1, normalizePath: false, rules },
      },
    ],
    assignments: [],
    schemas: [],
    holds: [],
    instances: [
      {
        serviceId: 'pay',
        instanceId: 'i1',
        version: 'v1',
        address: 'a:1',
        weight: 1,
        health: 'healthy',
        isEnabled: true,
      },
    ],
  });
}

function ruleOf(snapshot: Snapshot, given: Headers): string | null {
  const request = { tenantId: 'acme', serviceName: 'pay', metadata: { headers: given } };
  const env = createDecisionEnv();
  const decision = decide(snapshot, request, env);
  expect(explain(snapshot, request, env).decision).toEqual(decision);
  return decision.ok ? decision.rule : 'refused';
}

function expectedOf(conditions: readonly (Condition | null)[], given: Headers): string | null {
  const at = conditions.findIndex((one) => holds(one, given));
  return at < 0 ? null : `r${at}`;
}

describe('rules that ask for the same values', { timeout: 60_000 }, () => {
  it('are found as if each were asked in turn, however many there are', () => {
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 80 }),
        fc.array(headers, { minLength: 1, maxLength: 5 }),
        (conditions, requests) => {
          const snapshot = snapshotOf(conditions);
          for (const given of requests) expect(ruleOf(snapshot, given)).toBe(expectedOf(conditions, given));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([3, 4, 29, 30, 31, 60, 61, 95])('of %i, each is found by its value, and none by another', (count) => {
    const conditions = Array.from({ length: count }, (_, i) => equals('a', `v${i}`));
    const snapshot = snapshotOf(conditions);
    for (let i = 0; i < count; i++) expect(ruleOf(snapshot, { a: `v${i}`, b: 'v0' })).toBe(`r${i}`);
    for (const given of [{}, { a: `v${count}` }, { a: '' }, { b: 'v1' }]) expect(ruleOf(snapshot, given)).toBeNull();
  });

  it('go on to the next where one fails otherwise, and to those that ask for something else', () => {
    const both = (a: string, b: string): Condition => ({ op: 'all', of: [equals('a', a), equals('b', b)] });
    const conditions = [both('1', 'x'), both('1', 'y'), equals('c', '1'), both('1', 'z'), both('2', 'x'), null];
    const snapshot = snapshotOf(conditions);
    expect(ruleOf(snapshot, { a: '1', b: 'z' })).toBe('r3');
    expect(ruleOf(snapshot, { a: '1', b: 'z', c: '1' })).toBe('r2');
    expect(ruleOf(snapshot, { a: '2', b: 'z' })).toBe('r5');
    expect(ruleOf(snapshot, { a: '2', b: 'x' })).toBe('r4');
  });
});
