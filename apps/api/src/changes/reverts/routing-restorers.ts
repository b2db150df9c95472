import type { RuleSetInput } from '@grey/contracts';
import type { ExperimentRecord, ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { assignGroup } from '../../experiments/assign-group.ts';
import { type ExperimentFields, experimentFieldsOf, experimentRecordOf } from '../../experiments/experiment-record.ts';
import { ExperimentsStore } from '../../experiments/experiments.store.ts';
import { movesOfExperiment } from '../../experiments/moves-of-experiment.ts';
import { VersionGuards } from '../../guards/version-guards.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { ApiError } from '../../infra/http/api-error.ts';
import { assertSound } from '../../rules/find-findings.ts';
import { movesOfRules } from '../../rules/moves-of-rules.ts';
import { headOfRules, itemsOfPublication } from '../../rules/rule-items.ts';
import { RulesStore } from '../../rules/rules.store.ts';
import { RulesContexts } from '../../rules/rules-contexts.ts';
import { ServiceRecords } from '../../services/service-records.ts';
import type { ItemDraft } from '../item-draft.ts';
import type { RestoreContext, Restorer, State, Wish } from './restorer.ts';
import { draftOf } from './restorers.ts';

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
    const { caller, changeKey } = context;
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
    await this.guards.assertAllowed(tx, movesOfRules(key, live?.record, record), { caller, isHeld: true });
    await this.store.publish(tx, { serviceId: key, number, record, input, republishedFrom: wanted, changeKey });
    return itemsOfPublication(key, live, { number, input });
  }
}

/** Experiments, with the buckets that their variants had. */
@Injectable()
export class ExperimentRestorer implements Restorer {
  constructor(
    private readonly store: ExperimentsStore,
    private readonly services: ServiceRecords,
    private readonly guards: VersionGuards,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'experiment';
  }

  async lock(tx: Transaction, wish: Wish): Promise<State> {
    const { serviceId, id } = keysOf(wish);
    await this.services.lock(tx, serviceId);
    const row = await this.store.find(tx, serviceId, id);
    return row === undefined ? null : { name: row.name, ...experimentFieldsOf(row.record) };
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State, { caller }: RestoreContext): Promise<ItemDraft[]> {
    const { serviceId, id } = keysOf(wish);
    if (to === null) {
      await this.store.delete(tx, serviceId, id);
      return [draftOf(wish, now, null)];
    }
    const { name, ...fields } = to as unknown as ExperimentFields & { name: string };
    const present = now === null ? undefined : (now as unknown as ExperimentFields);
    await this.services.holdVersions(tx, serviceId, [...new Set(fields.variants.map((one) => one.version))]);
    await this.guards.assertAllowed(tx, movesOfExperiment(serviceId, present, fields), { caller, isHeld: true });
    const known = (await this.store.find(tx, serviceId, id))?.record ?? (await lastRecord(tx, serviceId, id));
    const ranges = await this.#giveGroup(tx, `${serviceId}/${id}`, fields.group, known);
    const salt = known?.salt ?? `experiment:${serviceId}:${id}`;
    const row = await this.store.put(tx, serviceId, name, experimentRecordOf({ id, salt }, fields, known, ranges));
    return [draftOf(wish, now, { name: row.name, ...experimentFieldsOf(row.record) })];
  }

  async #giveGroup(
    tx: Transaction,
    key: string,
    group: ExperimentFields['group'],
    before: ExperimentRecord | undefined,
  ) {
    await this.store.lockGroups(
      tx,
      [group?.name, before?.group?.name].filter((name) => name !== undefined),
    );
    if (group === null) return [];
    const rows = await this.store.listGroup(tx, group.name);
    const members = rows.map((row) => ({ key: `${row.serviceId}/${row.id}`, ranges: row.record.group?.ranges ?? [] }));
    return assignGroup(members, key, group.share);
  }
}

/** The record of an experiment that is gone, out of the last change that still had it; undefined when that is not kept. */
async function lastRecord(tx: Transaction, serviceId: string, id: string): Promise<ExperimentRecord | undefined> {
  const [row] = await tx.$queryRaw<{ services: ServiceRecord[] }[]>`
    SELECT services FROM changes
    WHERE services @> ${JSON.stringify([{ id: serviceId, experiments: [{ id }] }])}::jsonb
    ORDER BY epoch DESC, revision DESC LIMIT 1`;
  return row?.services
    .find((service) => service.id === serviceId)
    ?.experiments?.find((experiment) => experiment.id === id);
}

function keysOf({ serviceId, key }: Wish): { serviceId: string; id: string } {
  return { serviceId: serviceId as string, id: key.slice((serviceId as string).length + 1) };
}
