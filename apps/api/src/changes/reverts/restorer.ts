import type { ChangeItem, GuardOverride } from '@grey/contracts';
import type { Caller } from '../../access/caller.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { canonicalJson } from '../../infra/http/canonical-json.ts';
import type { ItemDraft } from '../item-draft.ts';
import { differingFields } from '../past/describe-difference.ts';

export type State = ChangeItem['before'];

/** Something that shall be again as it was, provided that it still is as the change left it. */
export interface Wish {
  readonly entity: ChangeItem['entity'];
  readonly part: '' | 'rules';
  readonly tenantId: string | null;
  readonly serviceId: string | null;
  readonly key: string;
  /** As the change left it. */
  readonly expected: State;
  /** As it shall be. */
  readonly wanted: State;
}

/** Something that is no longer as the change left it. */
export interface Conflict extends Wish {
  readonly now: State;
}

export interface Refused extends Wish {
  readonly code: string;
  readonly message: string;
  /** An override would let it be written. */
  readonly isOverridable?: boolean;
}

/** What writing back came to. Everything in `items` is written. */
export interface Outcome {
  readonly items: ItemDraft[];
  readonly serviceIds: string[];
  readonly conflicts: Conflict[];
  readonly refusals: Refused[];
  noopCount: number;
}

export interface RestoreContext {
  readonly caller: Caller;
  readonly changeKey: string;
  readonly override?: GuardOverride | undefined;
  /** Write also what later changes touched. */
  readonly isOverwriting: boolean;
}

/** Writes one kind of thing back, as its own operations would: with their checks, their locks and their guards. */
export interface Restorer {
  isFor(wish: Wish): boolean;
  /** The thing as it is, kept from others until the transaction ends. */
  lock(tx: Transaction, wish: Wish): Promise<State>;
  /**
   * @param now as `lock` gave it @param to as it shall be
   * @throws ApiError when it may not be, before anything is written
   */
  write(tx: Transaction, wish: Wish, now: State, to: State, context: RestoreContext): Promise<ItemDraft[]>;
}

export type Verdict =
  | { readonly kind: 'noop' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'write'; readonly to: State };

/**
 * Whether a thing may be written back, and to what. Where it was there before and after, only the fields that the change
 * touched count: what others did to other fields since stays.
 */
export function judgeWish({ expected, wanted }: Wish, now: State, isOverwriting: boolean): Verdict {
  if (isSame(now, wanted)) return { kind: 'noop' };
  if (expected === null || wanted === null || now === null) {
    if (isSame(now, expected) || isOverwriting) return { kind: 'write', to: wanted };
    return { kind: 'conflict' };
  }
  const touched = differingFields(expected, wanted);
  const isAsLeft = touched.every(({ name, from }) => isSame(now[name] ?? null, from));
  const to = { ...now, ...Object.fromEntries(touched.map(({ name }) => [name, wanted[name] ?? null])) };
  if (isSame(now, to)) return { kind: 'noop' };
  return isAsLeft || isOverwriting ? { kind: 'write', to } : { kind: 'conflict' };
}

export function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
