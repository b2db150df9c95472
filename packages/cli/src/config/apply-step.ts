import type { GuardOverride } from '@grey/contracts';
import type { AnswerOf, GreyClient } from '../api/grey-client.ts';

/** What a step works with. */
export interface StepContext {
  readonly client: GreyClient;
  /** Entity tags as the plan saw them; steps put in what their own writes made of them. */
  readonly etags: Map<string, string>;
  readonly reason: string;
  /** Sets aside what speaks against a change of versions, such as a freeze; undefined: nothing. */
  readonly override?: GuardOverride | undefined;
  /** Move the assignments that may be moved where others are refused. */
  readonly isPartial: boolean;
}

/** One write. `phase` orders steps: nothing is named before it is there, nothing goes while it is named. */
export interface ApplyStep {
  readonly phase: number;
  readonly title: string;
  /** @returns what more there is to say @throws CliError when it is refused, or nobody answers */
  run(context: StepContext): Promise<string | undefined>;
}

export const phases = {
  createService: 10,
  createVersion: 20,
  changeVersion: 30,
  putCompatibility: 35,
  putFlags: 40,
  putLane: 50,
  changeService: 60,
  publishRules: 70,
  putExperiment: 80,
  deleteExperiment: 85,
  deleteLane: 90,
  assign: 95,
  /** One that begins now would refuse what comes after it. */
  putFreeze: 97,
  putChannel: 98,
  retireVersion: 99,
} as const;

export type AssignmentPlan = AnswerOf<'planAssignments'>;
