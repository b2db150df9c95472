import { expect, test } from 'vitest';
import { movesOfFallback } from './moves-of-default.ts';

const shown = (...args: [Parameters<typeof movesOfFallback>[1], Parameters<typeof movesOfFallback>[2]]) =>
  movesOfFallback('pay', ...args).map(({ tenantId, fromVersion, toVersion }) => [tenantId, fromVersion, toVersion]);

test('a version that a service falls back to may be entered by everybody, once it is in force', () => {
  const off = { fallback: 'fail', fallbackVersion: null };
  expect(shown(off, { fallback: 'version', fallbackVersion: 'v1' })).toEqual([[null, null, 'v1']]);
  expect(shown({ fallback: 'fail', fallbackVersion: 'v1' }, { fallback: 'version' })).toEqual([[null, null, 'v1']]);
  expect(shown({ fallback: 'version', fallbackVersion: 'v1' }, { fallbackVersion: 'v2' })).toEqual([
    [null, null, 'v2'],
  ]);
});

test('a fallback that stays, goes, or is only written down moves nobody', () => {
  const on = { fallback: 'version', fallbackVersion: 'v1' };
  expect(shown(on, {})).toEqual([]);
  expect(shown(on, { fallback: 'fail' })).toEqual([]);
  expect(shown({ fallback: 'nearest', fallbackVersion: null }, { fallbackVersion: 'v1' })).toEqual([]);
});
