import { describe, expect, test } from 'vitest';
import { failuresAllowed } from './failure-budget.ts';

describe('a failure budget', () => {
  test.each([
    [{ count: 3 }, 100, 3],
    [{ percent: 10 }, 100, 10],
    [{ percent: 29 }, 100, 29],
    [{ percent: 10 }, 9, 0],
    [{ count: 3, percent: 10 }, 100, 3],
    [{ count: 30, percent: 10 }, 100, 10],
    [{}, 100, 0],
    [{ percent: 100 }, 7, 7],
  ])('of %j allows a wave of %i tenants %i failures', (budget, size, allowed) => {
    expect(failuresAllowed(budget, size)).toBe(allowed);
  });
});
