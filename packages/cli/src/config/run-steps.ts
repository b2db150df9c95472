import { CliError } from '../cli-error.ts';
import type { ApplyStep, StepContext } from './apply-step.ts';

export interface StepResult {
  readonly title: string;
  readonly outcome: 'done' | 'failed' | 'not_tried';
  readonly detail: string | undefined;
  readonly error?: CliError;
}

/** Takes the steps one after the other, tells each, and stops at the first that fails; the others were not tried. */
export async function runSteps(
  steps: readonly ApplyStep[],
  context: StepContext,
  tell: (result: StepResult) => void,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  let hasFailed = false;
  for (const step of steps) {
    const result: StepResult = hasFailed
      ? { title: step.title, outcome: 'not_tried', detail: undefined }
      : await runStep(step, context);
    hasFailed ||= result.outcome === 'failed';
    results.push(result);
    tell(result);
  }
  return results;
}

async function runStep(step: ApplyStep, context: StepContext): Promise<StepResult> {
  try {
    return { title: step.title, outcome: 'done', detail: await step.run(context) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { title: step.title, outcome: 'failed', detail: error.message, error };
  }
}
