import type { operations, RuleFinding, Rules } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../infra/http/api-error.ts';
import { pageOfRows, readCursor } from '../infra/http/cursor.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { assertSize } from './find-findings.ts';
import { RuleDraftsService } from './rule-drafts.service.ts';
import { revisionView } from './rule-views.ts';
import { RulesStore } from './rules.store.ts';
import { RulesContexts } from './rules-contexts.ts';

type Ops = typeof operations;
const LAST_NUMBER = 2 ** 31 - 1;

/** What the rules of a service are and were. */
@Injectable()
export class RulesService {
  constructor(
    private readonly store: RulesStore,
    private readonly contexts: RulesContexts,
    private readonly services: ServiceRecords,
    private readonly drafts: RuleDraftsService,
  ) {}

  /** @throws ApiError SERVICE_UNKNOWN */
  get({ input }: Called<Ops['getRules']>): Promise<Rules> {
    const { serviceId } = input.params;
    return this.store.consistentRead(async (tx) => {
      const rules = await this.contexts.open(tx, serviceId);
      const live = await this.store.findLive(tx, serviceId);
      const draft = await this.store.findDraft(tx, serviceId);
      return {
        serviceId,
        live: live === undefined ? null : revisionView(live),
        draft: draft === undefined ? null : await this.drafts.show(draft, rules),
        findings: live === undefined ? [] : [...(await rules.judge({ record: live.record })).findings],
      };
    });
  }

  /** Judges a set without saving it. @throws ApiError SERVICE_UNKNOWN, VALIDATION_FAILED */
  analyze({ input }: Called<Ops['analyzeRules']>): Promise<{ findings: RuleFinding[] }> {
    assertSize(input.body);
    return this.store.consistentRead(async (tx) => {
      const rules = await this.contexts.open(tx, input.params.serviceId);
      const { findings } = await rules.judge({ input: input.body, number: 1 });
      return { findings: [...findings] };
    });
  }

  /** @throws ApiError SERVICE_UNKNOWN, CURSOR_INVALID */
  listRevisions({ input }: Called<Ops['listRuleRevisions']>) {
    const { serviceId } = input.params;
    const { limit, cursor } = input.query;
    const scope = ['rules', serviceId];
    const [before = LAST_NUMBER] = readCursor(scope, cursor, ['count']) ?? [];
    return this.store.consistentRead(async (tx) => {
      await this.services.assertKnown(tx, serviceId);
      const rows = await this.store.listRevisions(tx, serviceId, Number(before), limit + 1);
      return pageOfRows(
        rows,
        limit,
        scope,
        (row) => [row.number],
        (row) => {
          const { rules: _, ...head } = revisionView(row);
          return head;
        },
      );
    });
  }

  /** @throws ApiError SERVICE_UNKNOWN, RULE_SET_UNKNOWN */
  getRevision({ input }: Called<Ops['getRuleRevision']>) {
    const { serviceId, number } = input.params;
    return this.store.consistentRead(async (tx) => {
      await this.services.assertKnown(tx, serviceId);
      const row = await this.store.findRevision(tx, serviceId, number);
      if (row === undefined) throw new ApiError('RULE_SET_UNKNOWN');
      return revisionView(row);
    });
  }
}
