import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { JobThread } from '../infra/threads/job-thread.ts';
import type { RulesContext } from './find-findings.ts';
import { isSmall, type JudgedRules, judgeRules, type RuleSource } from './judge-rules.ts';
import type { JudgeJob } from './judge-worker.ts';

/** Beside this file, compiled or not. */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? './judge-worker.ts' : './judge-worker.js', import.meta.url);

/**
 * Judges rule sets: small ones at once, large ones on a thread of their own, for this process answers /route meanwhile.
 */
@Injectable()
export class RuleJudge implements OnApplicationShutdown {
  readonly #thread = new JobThread<JudgeJob, JudgedRules>(PROGRAM, 'the thread that judges rules has ended');

  async judge(source: RuleSource, context: RulesContext): Promise<JudgedRules> {
    return isSmall(source) ? judgeRules(source, context) : this.#thread.run({ source, context });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#thread.stop();
  }
}
