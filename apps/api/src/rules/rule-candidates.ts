import type { RuleFinding, RuleSetInput } from '@grey/contracts';
import type { RuleSetRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertSize, assertSound } from './find-findings.ts';
import type { RuleSource } from './judge-rules.ts';
import { RulesStore } from './rules.store.ts';
import { RulesContexts } from './rules-contexts.ts';

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
      const { record, findings } = await rules.judge(await this.#read(tx, serviceId, source, number));
      assertSound(findings);
      return { ruleSet: record, findings: [...findings] };
    });
  }

  async #read(
    tx: Transaction,
    serviceId: string,
    { ruleSet, revision }: CandidateSource,
    number: number,
  ): Promise<RuleSource> {
    if (ruleSet !== undefined) return { input: ruleSet, number };
    if (revision !== undefined) {
      const earlier = await this.store.findRevision(tx, serviceId, revision);
      if (earlier === undefined) throw new ApiError('RULE_SET_UNKNOWN');
      return { record: { ...earlier.record, number } };
    }
    const draft = await this.store.findDraft(tx, serviceId);
    if (draft === undefined) throw new ApiError('RULE_DRAFT_UNKNOWN');
    return { input: draft.input, number };
  }
}
