import type { ChangeItem } from '../../api/generated/model/index.ts';

export interface FieldDiff {
  /** Fields within fields are joined by dots. */
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Deeper than this, what is inside is shown as JSON. */
const maxDepth = 3;

/** The fields that differ between before and after; for something created or removed, all that it had. */
export function diffFields({ before, after }: Pick<ChangeItem, 'before' | 'after'>): FieldDiff[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields].flatMap((field) => diffValues(field, before?.[field], after?.[field], 1));
}

/** The same for fields whose two values are known already. */
export function diffValues(field: string, from: unknown, to: unknown, depth = 1): FieldDiff[] {
  const isNested = isRecord(from) ? isRecord(to) || isNothing(to) : isNothing(from) && isRecord(to);
  if (isNested && depth < maxDepth) {
    const left = isRecord(from) ? from : {};
    const right = isRecord(to) ? to : {};
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      diffValues(`${field}.${key}`, left[key], right[key], depth + 1),
    );
  }
  const [fromWord, toWord] = [word(from), word(to)];
  return fromWord === toWord ? [] : [{ field, from: fromWord, to: toWord }];
}

/** A value as people read it; null for nothing. */
function word(value: unknown): string | null {
  if (isNothing(value)) return null;
  if (Array.isArray(value) && value.length > 0 && value.every((one) => !isObject(one))) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value) && Object.keys(value).length > 0;
}
