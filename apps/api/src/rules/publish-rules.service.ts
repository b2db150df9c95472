import type { GuardOverride, operations, RuleRevision, RuleSetInput } from '@grey/contracts';
import type { RuleSetRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller.ts';
import { actorOf, ChangesService, type Work } from '../changes/changes.service.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { canonicalJson } from '../infra/http/canonical-json.ts';
import { assertMatch, etagOf } from '../infra/http/etag.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { assertSound } from './find-findings.ts';
import type { RuleSource } from './judge-rules.ts';
import { movesOfRules } from './moves-of-rules.ts';
import { RuleDraftsService } from './rule-drafts.service.ts';
import { itemsOfPublication } from './rule-items.ts';
import { revisionView } from './rule-views.ts';
import { type RevisionRow, RulesStore } from './rules.store.ts';
import { type OpenRules, RulesContexts } from './rules-contexts.ts';

type Ops = typeof operations;

interface Publication {
  readonly changeKey: string;
  readonly caller: Caller;
  readonly reason: string | undefined;
  readonly override: GuardOverride | undefined;
  readonly rules: OpenRules;
  readonly input: RuleSetInput;
  sourceOf(number: number): RuleSource;
  readonly republishedFrom: number | null;
}

/** Makes rules live: one change, refused as a whole when the analysis finds an error. */
@Injectable()
export class PublishRulesService {
  constructor(
    private readonly store: RulesStore,
    private readonly contexts: RulesContexts,
    private readonly drafts: RuleDraftsService,
    private readonly services: ServiceRecords,
    private readonly changes: ChangesService,
    private readonly guards: VersionGuards,
  ) {}

  /**
   * Publishes the draft, which is gone afterwards.
   * @throws ApiError SERVICE_UNKNOWN, RULE_DRAFT_UNKNOWN, RULES_INVALID, MOVE_REFUSED; PRECONDITION_FAILED with the draft as it is
   */
  publishDraft({ caller, input, ifMatch, idempotency }: Called<Ops['publishRuleDraft']>) {
    const { serviceId } = input.params;
    const { reason, override } = input.body;
    const request = { kind: 'rules.published', actor: actorOf(caller), reason, idempotency } as const;
    return this.changes.commit(request, async (tx, changeKey) => {
      const rules = await this.contexts.open(tx, serviceId, true);
      const draft = await this.store.findDraft(tx, serviceId);
      if (draft === undefined) throw new ApiError('RULE_DRAFT_UNKNOWN');
      // Judging it all only to show it where it does not fit would be for nothing.
      if (ifMatch?.includes(etagOf(draft.stamp)) === false) assertMatch(ifMatch, await this.drafts.show(draft, rules));
      await this.store.deleteDraft(tx, serviceId);
      const sourceOf = (number: number) => ({ input: draft.input, number });
      return this.#publish(tx, {
        changeKey,
        caller,
        reason,
        override,
        rules,
        input: draft.input,
        sourceOf,
        republishedFrom: null,
      });
    });
  }

  /**
   * Publishes an earlier set again, under a new number and with the buckets that it had: whoever saw a version then sees
   * it again. The draft stays.
   *
   * @throws ApiError SERVICE_UNKNOWN, RULE_SET_UNKNOWN, RULES_INVALID, MOVE_REFUSED
   */
  publishRevision({ caller, input, idempotency }: Called<Ops['publishRuleRevision']>) {
    const { serviceId, number } = input.params;
    const { reason, override } = input.body;
    const request = { kind: 'rules.published', actor: actorOf(caller), reason, idempotency } as const;
    return this.changes.commit(request, async (tx, changeKey) => {
      const rules = await this.contexts.open(tx, serviceId, true);
      const earlier = await this.store.findRevision(tx, serviceId, number);
      if (earlier === undefined) throw new ApiError('RULE_SET_UNKNOWN');
      const sourceOf = (next: number) => ({ record: { ...earlier.record, number: next } });
      return this.#publish(tx, {
        changeKey,
        caller,
        reason,
        override,
        rules,
        input: earlier.input,
        sourceOf,
        republishedFrom: number,
      });
    });
  }

  async #publish(tx: Transaction, publication: Publication): Promise<Work<RuleRevision>> {
    const { rules, input, changeKey, republishedFrom } = publication;
    const serviceId = rules.service.id;
    const number = (await this.store.highestNumber(tx, serviceId)) + 1;
    await this.store.holdLanes(tx, lanesOf(input));
    const { record, findings } = await rules.judge(publication.sourceOf(number));
    assertSound(findings);
    const live = await this.store.findLive(tx, serviceId);
    if (live !== undefined && isSame(live.record, record)) return { items: [], answer: () => revisionView(live) };
    const { caller, override } = publication;
    const moves = movesOfRules(serviceId, live?.record, record, await this.store.readServicesOfLanes(tx));
    await this.guards.assertAllowed(tx, moves, { caller, override, isHeld: true });
    await this.store.publish(tx, { serviceId, number, record, input, republishedFrom, changeKey });
    return {
      items: itemsOfPublication(serviceId, live, { number, input }),
      services: [await this.services.read(tx, serviceId)],
      answer: ({ position, at }) => revisionView(rowOf(publication, { serviceId, number, record }, position, at)),
    };
  }
}

function rowOf(
  { caller, input, reason, republishedFrom }: Publication,
  keys: Pick<RevisionRow, 'serviceId' | 'number' | 'record'>,
  position: { epoch: string; revision: number },
  at: string | undefined,
): RevisionRow {
  const { kind, id, name } = actorOf(caller);
  return {
    ...keys,
    input,
    republishedFrom,
    isLive: true,
    epoch: position.epoch,
    revision: BigInt(position.revision),
    at: new Date(at ?? Date.now()),
    actorKind: kind,
    actorId: id,
    actorName: name,
    reason: reason ?? null,
  };
}

/** Nothing would route differently; the number alone is no difference. */
function isSame(a: RuleSetRecord, b: RuleSetRecord): boolean {
  return canonicalJson({ ...a, number: 0 }) === canonicalJson({ ...b, number: 0 });
}

function lanesOf({ rules }: RuleSetInput): string[] {
  return [...new Set(rules.flatMap(({ target }) => (target.kind === 'lane' ? [target.tag] : [])))];
}
