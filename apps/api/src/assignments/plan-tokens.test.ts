import { expect, test } from 'vitest';
import type { ApiError } from '../infra/http/api-error.ts';
import { PLAN_MS, PlanTokens } from './plan-tokens.ts';

const claims = { callerId: 'user:1', requestHash: 'r', digest: 'd' };
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as ApiError).code;
  }
  return undefined;
};

test('a token gives back the digest until a quarter of an hour has passed', () => {
  let now = 1_000;
  const tokens = new PlanTokens('secret', () => now);
  const { token } = tokens.sign(claims);
  now += PLAN_MS - 1;
  expect(tokens.verify(token, claims)).toBe('d');
  now += 1;
  expect(codeOf(() => tokens.verify(token, claims))).toBe('PLAN_EXPIRED');
});

test.each(['', '.', 'a', 'a.b', 'a.b.c', '%.%'])('%j is no token', (text) => {
  expect(codeOf(() => new PlanTokens('secret').verify(text, claims))).toBe('PLAN_TOKEN_INVALID');
});

test('a token of another secret, caller or request is refused', () => {
  const tokens = new PlanTokens('secret');
  const { token } = tokens.sign(claims);
  expect(codeOf(() => new PlanTokens('other').verify(token, claims))).toBe('PLAN_TOKEN_INVALID');
  expect(codeOf(() => tokens.verify(token, { ...claims, callerId: 'user:2' }))).toBe('PLAN_TOKEN_INVALID');
  expect(codeOf(() => tokens.verify(token, { ...claims, requestHash: 'x' }))).toBe('PLAN_TOKEN_INVALID');
});
