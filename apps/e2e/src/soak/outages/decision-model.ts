import type { Change } from '@grey/contracts';

/** What a caller was told, and when it had asked (milliseconds since 1970). */
export interface Answered {
  readonly tenantId: string;
  readonly serviceName: string;
  readonly version: string;
  readonly epoch: string;
  readonly revision: number;
  readonly askedAt: number;
  /** Of the replica that answered. */
  readonly url: string;
}

export type Verdict = 'right' | 'stale' | 'wrong' | 'unknown_position';

/** How far an answer may be behind what was committed before it was asked for, in milliseconds. */
const STALE_AFTER_MS = 15_000;

/** From when to when the log could not be read, in milliseconds since 1970. A router that was away meanwhile has only its disk. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** A cell as the log says it is from a revision on. */
interface Step {
  readonly revision: number;
  readonly version: string;
}

/**
 * What each tenant must get at each revision, from the log. An answer names the revision it was decided at, so that it is
 * judged exactly: not "old or new", but what the log says at that revision.
 */
export class DecisionModel {
  readonly #epoch: string;
  readonly #cells = new Map<string, Step[]>();
  readonly #commits: { readonly revision: number; readonly at: number }[] = [];

  readonly #outages: readonly Outage[];

  /** @param log every change, in the order of revisions */
  constructor(log: readonly Change[], outages: readonly Outage[]) {
    this.#outages = outages;
    this.#epoch = log[0]?.position.epoch ?? '';
    for (const change of log) {
      const { revision } = change.position;
      this.#commits.push({ revision, at: Date.parse(change.at) });
      const [item] = change.items;
      if (change.kind !== 'assignment.set' || item === undefined) continue;
      const key = `${item.tenantId}/${item.serviceId}`;
      const steps = this.#cells.get(key) ?? [];
      steps.push({ revision, version: String(item.after?.version) });
      this.#cells.set(key, steps);
    }
  }

  judge(answer: Answered): Verdict {
    if (answer.epoch !== this.#epoch) return 'unknown_position';
    const steps = this.#cells.get(`${answer.tenantId}/${answer.serviceName}`);
    const wanted = steps?.findLast((step) => step.revision <= answer.revision);
    if (wanted === undefined) return 'unknown_position';
    if (answer.version !== wanted.version) return 'wrong';
    if (this.#outages.some(({ from, to }) => answer.askedAt >= from && answer.askedAt < to + STALE_AFTER_MS))
      return 'right';
    const due = this.#commits.findLast(({ at }) => at < answer.askedAt - STALE_AFTER_MS)?.revision ?? 0;
    return answer.revision < due ? 'stale' : 'right';
  }
}
