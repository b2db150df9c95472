import { expect, test } from 'vitest';
import { findSuccessor } from './find-successor.ts';

const version = (label: string, ordinal: number, status = 'active') => ({ version: label, ordinal, status });
const all = [version('v1', 1), version('v2', 2), version('v3', 3)];

test('whoever is left goes where the default leads', () => {
  expect(findSuccessor('v1', [{ version: 'v3', weight: 10_000 }], all)).toBe('v3');
});

test('a default that is the version itself, or several, leads nowhere: the next newer active version does', () => {
  expect(findSuccessor('v1', [{ version: 'v1', weight: 10_000 }], all)).toBe('v2');
  const split = [
    { version: 'v1', weight: 5_000 },
    { version: 'v3', weight: 5_000 },
  ];
  expect(findSuccessor('v1', split, all)).toBe('v2');
  expect(findSuccessor('v1', [], [version('v1', 1), version('v2', 2, 'retired'), version('v3', 3)])).toBe('v3');
});

test('a share of nothing does not make a split', () => {
  const moved = [
    { version: 'v1', weight: 0 },
    { version: 'v3', weight: 10_000 },
  ];
  expect(findSuccessor('v1', moved, all)).toBe('v3');
});

test('the newest version falls back to the newest of the older ones, and the only one has none', () => {
  expect(findSuccessor('v3', [], all)).toBe('v2');
  expect(findSuccessor('v1', [], [version('v1', 1), version('v2', 2, 'deprecated')])).toBeNull();
});
