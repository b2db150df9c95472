import type { RuleFinding, RuleSetInput } from '@grey/contracts';
import type { RuleSetRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertSize, assertSound } from './find-findings.ts';
import { RulesStore } from './rules.store.ts';
import { type OpenRules, RulesContexts } from './rules-contexts.ts';

/** Which rules somebody thinks of publishing; neither: the draft. */
export interface CandidateSource {
  readonly ruleSet?: RuleSetInput | undefined;
  readonly revision?: number | undefined;
}

/** Rule sets as they would be live if they were published now. */
@Injectable()
export class RuleCandidates {
  constructor(
    private readonly store: RulesStore,
    private readonly contexts: RulesContexts,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN, RULE_DRAFT_UNKNOWN, RULE_SET_UNKNOWN, RULES_INVALID, VALIDATION_FAILED */
  find(serviceId: string, source: CandidateSource): Promise<{ ruleSet: RuleSetRecord; findings: RuleFinding[] }> {
    if (source.ruleSet !== undefined && source.revision !== undefined)
      throw new ApiError('VALIDATION_FAILED', {
        errors: [{ path: 'body.revision', message: 'goes without ruleSet: send one of the two' }],
      });
    if (source.ruleSet !== undefined) assertSize(source.ruleSet);
    return this.store.consistentRead(async (tx) => {
      const rules = await this.contexts.open(tx, serviceId);
      const number = (await this.store.highestNumber(tx, serviceId)) + 1;
      const ruleSet = await this.#record(tx, rules, source, number);
      const findings = rules.judge(ruleSet);
      assertSound(findings);
      return { ruleSet, findings };
    });
  }

  async #record(tx: Transaction, rules: OpenRules, { ruleSet, revision }: CandidateSource, number: number) {
    if (ruleSet !== undefined) return rules.recordOf(ruleSet, number);
    const serviceId = rules.service.id;
    if (revision !== undefined) {
      const earlier = await this.store.findRevision(tx, serviceId, revision);
      if (earlier === undefined) throw new ApiError('RULE_SET_UNKNOWN');
      return { ...earlier.record, number };
    }
    const draft = await this.store.findDraft(tx, serviceId);
    if (draft === undefined) throw new ApiError('RULE_DRAFT_UNKNOWN');
    return rules.recordOf(draft.input, number);
  }
}
