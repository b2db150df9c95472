import type { Condition } from '../routing-records.ts';
import { argsOf, type CelExpr, literalsOf, numberOf, textOf } from './cel-ast.ts';
import { parseInstant } from './instant.ts';
import { type Lowered, safely } from './lowered.ts';
import type { TimeCondition } from './match-time.ts';

/** As CEL's timestamp() reads it, and no finer than the clock. */
const TIMESTAMP = /T\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;
const LAST_MINUTE = 1440;

/** `now() >= timestamp('…')`, `weekday() in [1, 2]`, `minuteOfDay() < 480`; null for anything else. */
export function lowerTimeRelation(left: CelExpr, relation: string, right: CelExpr): Lowered | null {
  if (argsOf(left, 'now') !== null) return lowerInstant(relation, textOf(argsOf(right, 'timestamp')?.[0]));
  if (argsOf(left, 'weekday') !== null) return lowerDays(relation, right);
  if (argsOf(left, 'minuteOfDay') !== null) return lowerMinute(relation, numberOf(right));
  return null;
}

function lowerInstant(relation: string, text: string | null): Lowered | null {
  if (text === null || !TIMESTAMP.test(text) || Number.isNaN(parseInstant(text))) return null;
  if (relation === 'greater_or_equal') return safely({ op: 'time', from: text });
  return relation === 'less' ? safely({ op: 'time', until: text }) : null;
}

function lowerDays(relation: string, right: CelExpr): Lowered | null {
  const number = numberOf(right);
  const days = relation === 'equal' && number !== null ? [number] : relation === 'in' ? daysOf(right) : null;
  return days?.every((day) => Number.isInteger(day) && day >= 1 && day <= 7) ? safely({ op: 'time', days }) : null;
}

function daysOf(list: CelExpr): readonly number[] | null {
  return literalsOf(list)?.map((value) => Number(value)) ?? null;
}

function lowerMinute(relation: string, minute: number | null): Lowered | null {
  if (minute === null || !Number.isInteger(minute) || minute < 0 || minute > LAST_MINUTE) return null;
  const isFrom = safely({ op: 'time', fromMinute: minute });
  const isUntil = safely({ op: 'time', untilMinute: minute });
  if (relation === 'greater_or_equal') return isFrom;
  if (relation === 'less') return isUntil;
  return null;
}

/** Neighbours that each say a part of one window, put together. */
export function mergeTimes(op: 'all' | 'any', parts: readonly Condition[]): Condition[] {
  const merged: Condition[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    const both = last?.op === 'time' && part.op === 'time' ? mergeTwo(op, last, part) : null;
    if (both === null) merged.push(part);
    else merged[merged.length - 1] = both;
  }
  return merged;
}

function mergeTwo(op: 'all' | 'any', x: TimeCondition, y: TimeCondition): TimeCondition | null {
  const isDisjoint = (Object.keys(y) as (keyof TimeCondition)[]).every((key) => key === 'op' || x[key] === undefined);
  if (!isDisjoint) return null;
  const both = { ...x, ...y };
  const { fromMinute, untilMinute } = both;
  const hasOwnPair = (z: TimeCondition): boolean => z.fromMinute !== undefined && z.untilMinute !== undefined;
  const makesPair = hasOwnPair(both) && !hasOwnPair(x) && !hasOwnPair(y);
  if (op === 'all') return !makesPair || fromMinute! <= untilMinute! ? both : null;
  // 22:00 or later, or before 2:00: one window that passes midnight.
  const isMinutesAlone = Object.keys(both).length === 3;
  return makesPair && isMinutesAlone && fromMinute! > untilMinute! ? both : null;
}
