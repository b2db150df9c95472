import type { ExplainStep, ExplainStepName } from './decision.ts';

const STEP_LIMIT = 500;
/** So that a long list leaves room for what comes after it. */
const LIMITS: Partial<Record<ExplainStepName, number>> = {
  lane: 50,
  rule: 250,
  experiment: 50,
  left_out: 50,
  flag: 50,
};

/** Collects the steps of one explained decision, as many as a reader can take. `decide` runs the same code without one. */
export class Trace {
  readonly steps: ExplainStep[] = [];
  readonly #counts = new Map<ExplainStepName, number>();

  add(step: ExplainStepName, outcome: string, detail: ExplainStep['detail'], version?: string): void {
    const count = this.#counts.get(step) ?? 0;
    const isFull = count >= (LIMITS[step] ?? STEP_LIMIT) && outcome !== 'matched' && outcome !== 'admitted';
    if (isFull || this.steps.length >= STEP_LIMIT) return;
    this.#counts.set(step, count + 1);
    this.steps.push(version === undefined ? { step, outcome, detail } : { step, outcome, version, detail });
  }
}
