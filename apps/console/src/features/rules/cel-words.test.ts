import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { parseCel } from '@grey/route-core';
import { expect, test } from 'vitest';
import { celMaps, celTexts, completeCel } from './cel-words.ts';

const complete = (doc: string, isAsked = false) =>
  completeCel(new CompletionContext(EditorState.create({ doc }), doc.length, isAsked), ['x-beta', 'x-app-version']);
const labels = (doc: string, isAsked = false) => complete(doc, isAsked)?.options.map(({ label }) => label) ?? [];

test('every variable that is offered is one that the engine reads', () => {
  for (const name of celMaps) expect(parseCel(`${name}['x'] == 'y'`).ok, name).toBe(true);
  for (const name of celTexts) expect(parseCel(`${name} == 'y'`).ok, name).toBe(true);
});

test.each([
  'has(header.x)',
  "semver(header['x'], '>=2.0.0')",
  "inCidr(clientIp, '10.0.0.0/8')",
  "percentage(user, 10.0, 'salt')",
  'random() < 0.1',
  "now() < timestamp('2030-01-01T00:00:00Z')",
  'weekday() == 1',
  'minuteOfDay() < 60',
  "number(query['n']) > 1.0",
  "wholeNumber(query['n']) > 1",
  'size(user) > 3',
  "user.startsWith('a') && user.endsWith('b') && user.contains('c') && user.matches('d')",
  "header.get('x') == 'y'",
])('what completion offers can be written: %s', (text) => {
  expect(parseCel(text)).toMatchObject({ ok: true });
});

test('names of headers are offered where a header is named, and only there', () => {
  expect(labels("header['x-b")).toEqual(['x-beta', 'x-app-version']);
  expect(complete("user == 'a' && headers[\"x-")?.from).toBe(24);
  expect(labels("cookie['x")).toEqual([]);
});

test('methods are offered behind a dot, variables and functions elsewhere, nothing within a text', () => {
  expect(labels('user.st')).toContain('startsWith');
  expect(labels('us')).toEqual(expect.arrayContaining(['user', 'semver', 'header']));
  expect(labels("user == 'us")).toEqual([]);
  expect(labels('', false)).toEqual([]);
  expect(labels('', true)).toContain('path');
});
