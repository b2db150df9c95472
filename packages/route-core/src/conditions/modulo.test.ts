import { describe, expect, it } from 'vitest';
import { createDecisionEnv } from '../decision-env.ts';
import { compileCondition } from './compile-condition.ts';
import { Facts } from './facts.ts';
import { GREATEST_DIVISOR } from './read-number.ts';

/** Whether `n % divisor < below` holds of an attribute. */
function holds(n: number | string, divisor: number, below: number): boolean {
  const operand = { from: 'attribute', name: 'n' } as const;
  const facts = new Facts('acme', { attributes: { n } }, createDecisionEnv());
  return compileCondition({ op: 'modulo', operand, divisor, below }).test(facts);
}

describe('a remainder', () => {
  it.each([0, -1, -3, 1.5, Number.NaN, Number.POSITIVE_INFINITY, GREATEST_DIVISOR + 1, 2 ** 53])(
    'by %d never holds',
    (divisor) => {
      expect([0, 1, 5, '7'].some((n) => holds(n, divisor, 10))).toBe(false);
    },
  );

  it('by the greatest divisor there is still holds', () => {
    expect(holds(5, GREATEST_DIVISOR, 6)).toBe(true);
    expect(holds(6, GREATEST_DIVISOR, 6)).toBe(false);
    expect(holds(String(GREATEST_DIVISOR + 5), GREATEST_DIVISOR, 6)).toBe(true);
  });
});
