import type { ChangeItem } from '@grey/contracts';
import { type Caller, mayActFor } from '../access/caller.ts';

type State = ChangeItem['before'];
type Item = Pick<ChangeItem, 'entity' | 'before' | 'after'>;

/** Holds and freezes list tenants of their own, whoever else is in them. */
const LISTING = new Set<ChangeItem['entity']>(['hold', 'freeze']);

/** Lists of what concerned single tenants; what names nobody in particular may name several in words. */
const NAMING = ['leftOut', 'overridden'];

/** Whether something that lists its tenants is for others than the caller's alone. */
export function isForOthers(caller: Caller, { entity, before, after }: Item): boolean {
  if (caller.tenantIds === null) return false;
  if (entity === 'data_source') return !mayActFor(caller, String((after ?? before)?.['tenantId']));
  if (!LISTING.has(entity)) return false;
  const { tenantIds = [], tenantTags = [] } = scopeOf(after ?? before);
  return tenantTags.length === 0 && tenantIds.length > 0 && !tenantIds.some((id) => mayActFor(caller, id));
}

/** The item without the names of tenants that are not the caller's. */
export function narrowItem<T extends Item>(caller: Caller, item: T): T {
  if (caller.tenantIds === null || !LISTING.has(item.entity)) return item;
  return { ...item, before: narrowState(caller, item.before), after: narrowState(caller, item.after) };
}

/** What the log keeps of a hold or freeze, for the caller. */
export function narrowState(caller: Caller, state: State): State {
  if (state === null) return null;
  const { tenantIds } = scopeOf(state);
  const isMine = (one: unknown) => mayActFor(caller, String((one as { tenantId?: unknown } | null)?.tenantId));
  return {
    ...state,
    ...(tenantIds === undefined
      ? {}
      : { scope: { ...(state['scope'] as object), tenantIds: tenantIds.filter((id) => mayActFor(caller, id)) } }),
    ...Object.fromEntries(
      NAMING.flatMap((field) => (Array.isArray(state[field]) ? [[field, state[field].filter(isMine)]] : [])),
    ),
  };
}

function scopeOf(state: State): { readonly tenantIds?: readonly string[]; readonly tenantTags?: readonly string[] } {
  return (state?.['scope'] ?? {}) as ReturnType<typeof scopeOf>;
}
