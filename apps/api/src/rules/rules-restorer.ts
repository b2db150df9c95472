import type { RuleSetInput } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { RestoreContext, Restorer, State, Wish } from '../changes/reverts/restorer.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { assertSound } from './find-findings.ts';
import { movesOfRules } from './moves-of-rules.ts';
import { headOfRules, itemsOfPublication } from './rule-items.ts';
import { RulesStore } from './rules.store.ts';
import { RulesContexts } from './rules-contexts.ts';

/** Rules go back as a whole set, published again under a new number with the buckets that it had. */
@Injectable()
export class RulesRestorer implements Restorer {
  constructor(
    private readonly store: RulesStore,
    private readonly contexts: RulesContexts,
    private readonly guards: VersionGuards,
    private readonly services: ServiceRecords,
  ) {}

  isFor({ part }: Wish): boolean {
    return part === 'rules';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    await this.services.lock(tx, key);
    const live = await this.store.findLive(tx, key);
    return live === undefined ? { liveRuleSet: null } : headOfRules(live);
  }

  async write(tx: Transaction, { key }: Wish, _: State, to: State, context: RestoreContext): Promise<ItemDraft[]> {
    const { caller, override, changeKey } = context;
    const rules = await this.contexts.open(tx, key, true);
    const live = await this.store.findLive(tx, key);
    const wanted = (to?.['liveRuleSet'] ?? null) as number | null;
    const earlier = wanted === null ? undefined : await this.store.findRevision(tx, key, wanted);
    if (wanted !== null && earlier === undefined) throw new ApiError('RULE_SET_UNKNOWN');
    const number = (await this.store.highestNumber(tx, key)) + 1;
    const input: RuleSetInput = earlier?.input ?? { normalizePath: live?.input.normalizePath ?? false, rules: [] };
    await this.store.holdLanes(tx, [
      ...new Set(input.rules.flatMap(({ target }) => (target.kind === 'lane' ? [target.tag] : []))),
    ]);
    const source = earlier === undefined ? { input, number } : { record: { ...earlier.record, number } };
    const { record, findings } = await rules.judge(source);
    assertSound(findings);
    const moves = movesOfRules(key, live?.record, record, await this.store.readServicesOfLanes(tx));
    await this.guards.assertAllowed(tx, moves, { caller, override, isHeld: true });
    await this.store.publish(tx, { serviceId: key, number, record, input, republishedFrom: wanted, changeKey });
    return itemsOfPublication(key, live, { number, input });
  }
}
