import type { Decision, DecisionRequest } from '@grey/route-core';
import { Logger } from '@nestjs/common';

export type DecisionListener = (request: DecisionRequest, decision: Decision) => void;

/** Who wants to see real decisions as they are made: every one of /route and /route/batch, with what was believed of it. */
export class DecisionListeners {
  readonly #logger = new Logger('routing');
  #listeners: readonly DecisionListener[] = [];

  /** @param listener returns at once; it is called on every request. @returns ends the subscription */
  add(listener: DecisionListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  /** One that fails is not called again: routing goes on. */
  tell(request: DecisionRequest, decision: Decision): void {
    for (const listener of this.#listeners) {
      try {
        listener(request, decision);
      } catch (error) {
        this.#listeners = this.#listeners.filter((one) => one !== listener);
        this.#logger.error({ err: error, msg: 'a listener to decisions failed and was taken off' });
      }
    }
  }
}
