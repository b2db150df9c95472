import type { Position, RollbackResult } from '@grey/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { WAIT_CONVERGED, type WaitConverged } from '../infra/http/call.interceptor.ts';
import { callContext } from '../infra/http/call-context.ts';
import { Replayed } from '../infra/http/replayed.ts';

/** Puts into the answer itself how many routers have a rollback: at night somebody reads the body, not the headers. */
@Injectable()
export class Acknowledgements {
  constructor(@Inject(WAIT_CONVERGED) private readonly waitConverged: WaitConverged) {}

  /** Waits as long as the query says, and not at all when it does not ask for that. */
  async add(
    answer: RollbackResult | Replayed<RollbackResult>,
    query: unknown,
  ): Promise<RollbackResult | Replayed<RollbackResult>> {
    const { wait, waitMs } = query as { wait?: 'converged'; waitMs?: number };
    const result = answer instanceof Replayed ? answer.body : answer;
    if (wait === undefined || waitMs === undefined || result.position === null) return answer;
    const body = { ...result, convergence: await this.#wait(result.position, waitMs) };
    return answer instanceof Replayed ? new Replayed(body) : body;
  }

  async #wait(position: Position, waitMs: number): Promise<RollbackResult['convergence']> {
    const convergence = await this.waitConverged(position, waitMs);
    const call = callContext.getStore();
    if (call !== undefined) call.convergence = convergence;
    return { ...convergence, missing: [...convergence.missing] };
  }
}
