import {
  type CelEnv,
  type CelInput,
  type CelMap,
  CelScalar,
  celEnv,
  celFunc,
  celMethod,
  listType,
  mapType,
} from '@bufbuild/cel';
import { drawRandom } from '../decision-env.ts';
import { beginSalt, bucketOf } from '../splits/bucket-of.ts';
import { type CompiledRegex, compileRegex } from './compile-regex.ts';
import type { Facts } from './facts.ts';
import { minuteOf, weekdayOf } from './instant.ts';
import { compileNetworks } from './match-networks.ts';
import { compileVersionRange } from './match-versions.ts';
import { readNumber, readWhole } from './read-number.ts';
import { unitText } from './read-operand.ts';
import { remember } from './remember.ts';

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar;
const MAP = mapType(DYN, DYN);
const LIST = listType(DYN);

/** Whose condition is being evaluated: functions without arguments have no other way to know. Evaluation is synchronous. */
let current: Facts | null = null;

/** Runs an evaluation on behalf of a request. */
export function onBehalfOf<T>(facts: Facts, evaluate: () => T): T {
  const before = current;
  current = facts;
  try {
    return evaluate();
  } finally {
    current = before;
  }
}

function facts(): Facts {
  if (current === null) throw new Error('there is no request');
  return current;
}

const regexOf = remember<CompiledRegex>(compileRegex);
const versionsOf = remember(compileVersionRange);
const networksOf = remember((texts: string) => compileNetworks(texts.split(' ')));
const saltOf = remember(beginSalt);

function isFound(text: string, pattern: string): boolean {
  const regex = regexOf(pattern);
  if (!regex.ok) throw new Error(regex.message);
  return regex.isFound(text);
}

function isInNetworks(address: string, networks: readonly string[]): boolean {
  return networksOf(networks.join(' '))(address);
}

function getOr(map: CelMap, name: string, otherwise: unknown): CelInput {
  return (map.get(name) ?? otherwise) as CelInput;
}

/** The basis points of a percentage in steps of 0.01; null for anything else. */
export function basisPointsOf(percent: unknown): number | null {
  const number = readNumber(typeof percent === 'string' ? undefined : percent);
  const points = Math.round(number * 100);
  return points >= 0 && points <= 10_000 && points / 100 === number ? points : null;
}

function isInPortion(unit: unknown, percent: unknown, salt: string): boolean {
  const share = basisPointsOf(percent);
  if (share === null) throw new Error('a percentage is from 0 to 100, in steps of 0.01');
  const text = unitText(unit);
  return text !== '' && bucketOf(saltOf(salt), text) < share;
}

function orFail<T>(value: T | null, message: string): T {
  if (value === null || Number.isNaN(value)) throw new Error(message);
  return value;
}

/** A google.protobuf.Timestamp. */
function timestampOf(ms: number): CelInput {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1_000_000);
  return { $typeName: 'google.protobuf.Timestamp', seconds: BigInt(seconds), nanos } as unknown as CelInput;
}

/** CEL's standard library, with regular expressions that we bound, and what routing adds to it. */
export const environment: CelEnv = celEnv({
  re2: { compile: (pattern) => ({ test: (text) => isFound(text, pattern) }) },
  funcs: [
    celFunc('matches', [STRING, STRING], BOOL, isFound),
    celFunc('random', [], DOUBLE, () => drawRandom(facts().env)),
    celFunc('now', [], DYN, () => timestampOf(facts().nowMs)),
    celFunc('weekday', [], INT, () => BigInt(weekdayOf(facts().nowMs))),
    celFunc('minuteOfDay', [], INT, () => BigInt(minuteOf(facts().nowMs))),
    celFunc('number', [DYN], DOUBLE, (value) => orFail(readNumber(value), 'no number')),
    celFunc('wholeNumber', [DYN], INT, (value) => orFail(readWhole(value), 'no whole number')),
    celFunc('percentage', [DYN, DYN, STRING], BOOL, isInPortion),
    celFunc('semver', [STRING, STRING], BOOL, (label, range) => versionsOf(range)(label)),
    celFunc('inCidr', [STRING, STRING], BOOL, (address, network) => isInNetworks(address, [network])),
    celFunc('inCidr', [STRING, LIST], BOOL, (address, list) => isInNetworks(address, [...list].map(String))),
    celMethod('get', MAP, [STRING], DYN, function (name) {
      return getOr(this, name, null);
    }),
    celMethod('get', MAP, [STRING, DYN], DYN, function (name, otherwise) {
      return getOr(this, name, otherwise);
    }),
  ],
});
