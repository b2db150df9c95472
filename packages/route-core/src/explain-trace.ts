import type { ExplainStep, ExplainStepName } from './decision.ts';

/** Collects the steps of one explained decision. `decide` runs the same code without one. */
export class Trace {
  readonly steps: ExplainStep[] = [];

  add(step: ExplainStepName, outcome: string, detail: ExplainStep['detail'], version?: string): void {
    this.steps.push(version === undefined ? { step, outcome, detail } : { step, outcome, version, detail });
  }
}
