import type { operations, RuleDraft } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { actorOf } from '../changes/changes.service.ts';
import type { Transaction } from '../infra/db/database.ts';
import { assertMatch, etagOf } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { assertSize } from './find-findings.ts';
import { draftView, findOutdated, NO_DRAFT } from './rule-views.ts';
import { type DraftRow, RulesStore } from './rules.store.ts';
import { type OpenRules, RulesContexts } from './rules-contexts.ts';

type Ops = typeof operations;

/** The draft of a service's rules. It routes nothing, so it is not in the log. */
@Injectable()
export class RuleDraftsService {
  constructor(
    private readonly store: RulesStore,
    private readonly contexts: RulesContexts,
  ) {}

  /**
   * Saves whatever was written, with what is wrong with it: a draft may be half done.
   * @throws ApiError SERVICE_UNKNOWN; PRECONDITION_FAILED with the draft as it is (`"0"` is the tag of none)
   */
  save({ caller, input, ifMatch }: Called<Ops['saveRuleDraft']>): Promise<RuleDraft> {
    const { serviceId } = input.params;
    assertSize(input.body);
    return this.store.transaction(async (tx) => {
      const rules = await this.contexts.open(tx, serviceId, true);
      const before = await this.store.findDraft(tx, serviceId);
      const etag = before === undefined ? NO_DRAFT.etag : etagOf(before.stamp);
      if (ifMatch?.includes(etag) === false)
        assertMatch(ifMatch, before === undefined ? NO_DRAFT : await this.show(before, rules));
      const basedOn = rules.service.ruleSet?.number ?? null;
      await this.store.writeDraft(tx, serviceId, { input: input.body, basedOn, savedBy: actorOf(caller) });
      return this.show(await this.#get(tx, serviceId), rules);
    });
  }

  /** Throws the draft away; none is as good. @throws ApiError SERVICE_UNKNOWN */
  async delete({ input }: Called<Ops['deleteRuleDraft']>): Promise<void> {
    const { serviceId } = input.params;
    await this.store.transaction(async (tx) => {
      await this.contexts.open(tx, serviceId, true);
      await this.store.deleteDraft(tx, serviceId);
    });
  }

  /** The draft with what the analysis says of it now. */
  async show(draft: DraftRow, rules: OpenRules): Promise<RuleDraft> {
    const live = rules.service.ruleSet?.number;
    const { findings } = await rules.judge({ input: draft.input, number: (live ?? 0) + 1 });
    return draftView(draft, [...findOutdated(draft, live), ...findings]);
  }

  async #get(tx: Transaction, serviceId: string): Promise<DraftRow> {
    const draft = await this.store.findDraft(tx, serviceId);
    if (draft === undefined) throw new Error('the draft that was just written is gone');
    return draft;
  }
}
