import { CONVERGENCE_HEADER, formatConvergence } from '@grey/contracts';
import { expect, test } from 'vitest';
import { convergenceHeader, parseConvergence, watchConvergence } from './convergence.ts';

test('what the API writes is read back', () => {
  expect(convergenceHeader).toBe(CONVERGENCE_HEADER);
  for (const missing of [[], ['api-3'], ['api-3', 'host.example (2), applied=1']]) {
    const convergence = { applied: 2, total: 2 + missing.length, elapsedMs: 12, missing };
    expect(parseConvergence(formatConvergence(convergence))).toEqual(convergence);
  }
});

test('anything else is no convergence', () => {
  for (const text of ['', 'applied=2', 'applied=x, total=3, elapsed=1, missing=()'])
    expect(parseConvergence(text)).toBeUndefined();
});

test('a change comes with what the routers said, or without', async () => {
  const seen = { applied: 1, total: 1, elapsedMs: 3, missing: [] };
  const heard = await watchConvergence(async (onConvergence) => {
    onConvergence(seen);
    return 7;
  });
  expect(heard).toEqual({ result: 7, convergence: seen });
  expect(await watchConvergence(async () => 8)).toEqual({ result: 8, convergence: undefined });
});
