import type { Version } from '../../api/generated/model/index.ts';

/** `1 – 2`, `2 – …`; null where a version says nothing of schemas. */
export function rangeText({ schemaMin, schemaMax }: Pick<Version, 'schemaMin' | 'schemaMax'>): string | null {
  return schemaMin === null && schemaMax === null ? null : `${schemaMin ?? '…'} – ${schemaMax ?? '…'}`;
}
