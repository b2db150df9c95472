import { parentPort } from 'node:worker_threads';
import type { RulesContext } from './find-findings.ts';
import { type JudgedRules, judgeRules, type RuleSource } from './judge-rules.ts';

export interface JudgeJob {
  readonly id: number;
  readonly source: RuleSource;
  readonly context: RulesContext;
}

export type JudgeAnswer =
  | { readonly id: number; readonly judged: JudgedRules }
  | { readonly id: number; readonly error: string };

parentPort?.on('message', ({ id, source, context }: JudgeJob) => {
  parentPort?.postMessage(answerOf(id, source, context));
});

function answerOf(id: number, source: RuleSource, context: RulesContext): JudgeAnswer {
  try {
    return { id, judged: judgeRules(source, context) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
