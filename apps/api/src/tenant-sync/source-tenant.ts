import {
  displayNameSchema,
  regionSchema,
  type TenantSyncRejection,
  tagSchema,
  tagsSchema,
  tenantIdSchema,
  tenantMetadataSchema,
  tenantStatusSchema,
} from '@grey/contracts';
import { z } from 'zod';
import type { RawRow } from './tenant-source.ts';

const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed();
const UNSTORABLE = 'holds a NUL character or a broken surrogate pair';

/**
 * One tenant of the source. What it does not name stays as operators set it; what it names, null included, is its own.
 * Members that are not listed here are ignored.
 */
const sourceTenantSchema = z.object({
  id: tenantIdSchema,
  name: displayNameSchema.refine(isStorable, UNSTORABLE),
  status: z.string().toLowerCase().pipe(tenantStatusSchema).optional(),
  tier: tagSchema.nullable().optional(),
  region: regionSchema.nullable().optional(),
  tags: tagsSchema.optional(),
  metadata: tenantMetadataSchema.refine((pairs) => Object.values(pairs).every(isStorable), UNSTORABLE).optional(),
});
export type SourceTenant = z.output<typeof sourceTenantSchema>;

/** The list of the source, sorted into what can be used and what cannot. */
export interface SourceTenants {
  /** By id; each id once. */
  readonly tenants: readonly SourceTenant[];
  readonly rejected: readonly TenantSyncRejection[];
  /**
   * False when tenants may be in the list without being recognised: a row has no id that could be read, or an id stands
   * on two pages, which happens when a list moves while it is paged through. Then nobody is told to be gone.
   */
  readonly isComplete: boolean;
}

/** Checks each row; one that does not fit is rejected with path and reason, and so are all rows of an id that comes twice. */
export function readTenants(rows: readonly RawRow[]): SourceTenants {
  const fitting = new Map<string, SourceTenant>();
  const rejected: TenantSyncRejection[] = [];
  const first = new Map<string, RawRow>();
  let isComplete = true;
  for (const row of rows) {
    const { tenant, rejection } = readRow(row);
    if (rejection !== undefined) rejected.push(rejection);
    const id = tenant?.id ?? rejection?.tenantId ?? null;
    if (id === null) {
      if (!hasForeignId(row.value)) isComplete = false;
      continue;
    }
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, row);
      if (tenant !== undefined) fitting.set(id, tenant);
      continue;
    }
    if (earlier.page !== row.page) isComplete = false;
    if (fitting.delete(id))
      rejected.push({ path: earlier.path, reason: `the id is also at ${row.path}`, tenantId: id });
    if (tenant !== undefined)
      rejected.push({ path: row.path, reason: `the id is also at ${earlier.path}`, tenantId: id });
  }
  const tenants = [...fitting.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { tenants, rejected, isComplete };
}

function readRow({ path, value }: RawRow): { tenant?: SourceTenant; rejection?: TenantSyncRejection } {
  const parsed = sourceTenantSchema.safeParse(withId(value));
  if (parsed.success) return { tenant: parsed.data };
  const [issue] = parsed.error.issues;
  const id = tenantIdSchema.safeParse(idOf(value));
  return {
    rejection: {
      path: (issue?.path ?? [])
        .reduce<string>(appendPart, path)
        .toWellFormed()
        .replaceAll('\0', '\ufffd')
        .slice(0, 200),
      reason: (issue?.message ?? 'does not fit').slice(0, 300),
      tenantId: id.success ? id.data : null,
    },
  };
}

function appendPart(text: string, part: PropertyKey): string {
  return typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`;
}

/** `tenantId` is read where there is no `id`. */
function withId(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !('id' in value) && 'tenantId' in value
    ? { ...value, id: value.tenantId }
    : value;
}

function idOf(value: unknown): unknown {
  const row = withId(value);
  return typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined;
}

/** An id that no tenant of ours can have: the row is none of them. */
function hasForeignId(value: unknown): boolean {
  const id = idOf(value);
  return typeof id === 'string' && id !== '';
}
