import { expect, test } from 'vitest';
import { chooseSchemaVersion, faultOfSchemaVersion, type SchemaNumbers } from './choose-schema-version.ts';

const versions = [
  { version: 'v1', ordinal: 1, schemaMin: 1, schemaMax: 1 },
  { version: 'v2', ordinal: 2 },
  { version: 'v3', ordinal: 3, schemaMin: 4, schemaMax: 6 },
  { version: 'v4', ordinal: 4, schemaMin: 9, schemaMax: 9 },
];
const set = (version: string, schemaVersion: number, engine: 'postgres' | 'mysql' = 'postgres') => ({
  ...{ version, engine, schemaVersion },
});
const numbers = (version: string, ...sets: SchemaNumbers['sets']): SchemaNumbers => ({
  ...{ version, engine: 'postgres', versions, sets },
});

test.each<[string, SchemaNumbers, number]>([
  ['follows what older versions ask for, not newer ones', numbers('v2'), 2],
  ['follows the highest set there is', numbers('v2', set('v1', 7)), 8],
  ['stays what it was', numbers('v2', set('v2', 3), set('v3', 7)), 3],
  ['is that of the other kind of database', numbers('v2', set('v2', 5, 'mysql')), 5],
  ['is the one that the version asks for', numbers('v4', set('v3', 5)), 9],
  ['of a version that takes several is the next', numbers('v3', set('v2', 4)), 5],
  ['of a version that nobody knows is the highest of all and one', numbers('v9'), 10],
])('a number that nobody says %s', (_, known, expected) => {
  expect(chooseSchemaVersion(known)).toBe(expected);
});

test.each<[string, number, SchemaNumbers, RegExp | undefined]>([
  ['taken by another version', 4, numbers('v2', set('v3', 4)), /that of v3 already/],
  ['taken for another kind of database', 4, numbers('v2', set('v3', 4, 'mysql')), undefined],
  ['its own', 4, numbers('v3', set('v3', 4)), undefined],
  ['below what the version takes', 3, numbers('v3'), /at least schema 4/],
  ['above what the version takes', 7, numbers('v3'), /at most schema 6/],
  ['beyond what can be kept', 2_147_483_648, numbers('v2'), /too high/],
])('a number that is %s', (_, wanted, known, message) => {
  const fault = faultOfSchemaVersion(wanted, known);
  if (message === undefined) expect(fault).toBeUndefined();
  else expect(fault).toMatch(message);
});
