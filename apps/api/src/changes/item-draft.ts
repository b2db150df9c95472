import type { ChangeItem } from '@grey/contracts';

/** One thing that a change did, before it has a number. */
export type ItemDraft = Omit<ChangeItem, 'index'>;
