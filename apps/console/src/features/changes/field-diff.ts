import type { ChangeItem } from '../../api/generated/model/index.ts';

export interface FieldDiff {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

function word(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The fields that differ between before and after; for something created or removed, all that it had. */
export function diffFields({ before, after }: Pick<ChangeItem, 'before' | 'after'>): FieldDiff[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields].flatMap((field) => {
    const from = word(before?.[field]);
    const to = word(after?.[field]);
    return from === to ? [] : [{ field, from, to }];
  });
}
