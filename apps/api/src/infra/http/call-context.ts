import { AsyncLocalStorage } from 'node:async_hooks';
import type { Position } from '@grey/contracts';

/** What belongs to one call and is not passed on by hand. */
export interface CallContext {
  /** Where the change of this call went; undefined when it changed nothing. */
  committed?: Position;
}

/** The context of the call under way; undefined outside of one. */
export const callContext = new AsyncLocalStorage<CallContext>();
