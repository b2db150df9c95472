import { expect, test } from 'vitest';
import { fromLocalInput, justAfter, readMoment, toLocalInput } from './moment.ts';

test('a moment of a URL is a time or a position, and anything else is dropped', () => {
  expect(readMoment('2026-11-21T10:00:00+01:00')).toBe('2026-11-21T09:00:00.000Z');
  expect(readMoment('0mwq8-68')).toBe('0mwq8-68');
  for (const no of ['2026-11-21', '2026-13-41T10:00:00Z', '0mwq8', '', 42, null])
    expect(readMoment(no)).toBeUndefined();
});

test('what the field of a time shows is read back as the same second', () => {
  const iso = '2026-11-21T09:00:07.000Z';
  expect(fromLocalInput(toLocalInput(iso))).toBe(iso);
  expect(toLocalInput(undefined)).toBe('');
  expect(fromLocalInput('')).toBeUndefined();
});

test('what happened at a moment is not what happened since', () => {
  expect(justAfter('2026-11-21T09:00:00.999Z')).toBe('2026-11-21T09:00:01.000Z');
});
