import { serveThread } from '../infra/threads/serve-thread.ts';
import type { RulesContext } from './find-findings.ts';
import { judgeRules, type RuleSource } from './judge-rules.ts';

export interface JudgeJob {
  readonly source: RuleSource;
  readonly context: RulesContext;
}

serveThread(({ source, context }: JudgeJob) => judgeRules(source, context));
