import type { Change, ChangeItem } from '@grey/contracts';
import { type Caller, mayActFor } from '../access/caller.ts';
import type { CommittedChange } from './change-feed.ts';
import { SHOWN_ITEMS } from './change-log.store.ts';
import { isForOthers, narrowItem } from './narrow-item.ts';

type Item = Pick<ChangeItem, 'entity' | 'tenantId' | 'before' | 'after'>;

/** Whether the caller may see one item: tenants only their own, users and keys only who manages them. */
export function maySeeItem(caller: Caller, item: Item): boolean {
  if (item.entity === 'user' || item.entity === 'api_key') return caller.permissions.has('access.manage');
  // What was overridden names tenants that it is not about alone.
  if (item.entity === 'override' && item.tenantId === null) return caller.tenantIds === null;
  return item.tenantId === null ? !isForOthers(caller, item) : mayActFor(caller, item.tenantId);
}

/** The change as the caller may see it; undefined when nothing of it is theirs to see. */
export function narrowChange({ change, items }: CommittedChange, caller: Caller): Change | undefined {
  if (caller.tenantIds === null && caller.permissions.has('access.manage')) return change;
  const visible = items.filter((item) => maySeeItem(caller, item));
  if (visible.length === 0) return undefined;
  return {
    ...change,
    itemCount: visible.length,
    items: visible.slice(0, SHOWN_ITEMS).map((item) => narrowItem(caller, item)),
  };
}
