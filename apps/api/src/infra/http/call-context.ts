import { AsyncLocalStorage } from 'node:async_hooks';
import type { Convergence, Position } from '@grey/contracts';

/** What belongs to one call and is not passed on by hand. */
export interface CallContext {
  /** Where the change of this call went; undefined when it changed nothing. */
  committed?: Position;
  /** How far it got, when the call itself has waited for that already. */
  convergence?: Convergence;
}

/** The context of the call under way; undefined outside of one. */
export const callContext = new AsyncLocalStorage<CallContext>();
