import type { Caller } from '../access/caller.ts';
import type { CommittedChange } from '../changes/change-feed.ts';
import { narrowChange } from '../changes/narrow-change.ts';
import { encodeEvent } from './event-text.ts';

/**
 * One change as event text, encoded once for all who see the same of it: those who may see every tenant, with or without
 * access management. Only callers with a list of tenants need a text of their own. undefined: nothing to see.
 */
export class ChangeTexts {
  readonly #committed: CommittedChange;
  readonly #shared = new Map<boolean, string | undefined>();

  constructor(committed: CommittedChange) {
    this.#committed = committed;
  }

  textFor(caller: Caller): string | undefined {
    if (caller.tenantIds !== null) return this.#encode(caller);
    const isManager = caller.permissions.has('access.manage');
    if (!this.#shared.has(isManager)) this.#shared.set(isManager, this.#encode(caller));
    return this.#shared.get(isManager);
  }

  #encode(caller: Caller): string | undefined {
    const change = narrowChange(this.#committed, caller);
    return change === undefined ? undefined : encodeEvent({ type: 'change', change }, change.id);
  }
}
