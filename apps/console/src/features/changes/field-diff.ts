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
  if (Array.isArray(value)) return value.map(wordOne).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One of a list: versions with their shares and what was said of a tenant are read by people, other things as JSON. */
function wordOne(value: unknown): string {
  if (!isRecord(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const { version, weight, ...rest } = value;
  if (typeof value.detail === 'string') {
    return typeof value.tenantId === 'string' ? `${value.tenantId}: ${value.detail}` : value.detail;
  }
  const isShare = typeof version === 'string' && typeof weight === 'number' && Object.keys(rest).length === 0;
  return isShare ? `${version} ${weight / 100}%` : JSON.stringify(value);
}

/** Also an empty list or object: there is nothing in it to read. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (isObject(value) && Object.keys(value).length === 0);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value) && Object.keys(value).length > 0;
}
