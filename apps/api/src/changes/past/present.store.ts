import type { ChangeItem, RuleSetInput } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import { experimentFieldsOf } from '../../experiments/experiment-record.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { laneState } from '../../lanes/lane-view.ts';
import { headOfRules, stateOfRule } from '../../rules/rule-items.ts';
import { serviceState, versionState } from '../../services/service-view.ts';
import { tenantState } from '../../tenants/tenant-state.ts';
import { PastStore } from './past.store.ts';

/** One thing of the configuration, in the form in which the log tells of it. */
export interface Thing {
  readonly entity: ChangeItem['entity'];
  readonly part: '' | 'rules';
  readonly serviceId: string | null;
  readonly key: string;
  readonly state: Record<string, unknown>;
}

/** Entities that tables are read for; of others the log itself knows the last word. */
const tabled = ['tenant', 'assignment', 'service', 'version', 'rule', 'experiment', 'lane', 'flags'];

/** The configuration as it is now, in the words of the log. */
@Injectable()
export class PresentStore {
  constructor(private readonly past: PastStore) {}

  /** Everything but tenants and their assignments, in no order. */
  async listThings(tx: Transaction): Promise<Thing[]> {
    const services = await tx.service.findMany();
    const versions = await tx.version.findMany();
    const ruleSets = await tx.$queryRaw<{ serviceId: string; number: number; input: RuleSetInput }[]>`
      SELECT r.service_id AS "serviceId", r.number, r.input FROM rule_sets r
      JOIN services s ON s.id = r.service_id AND s.live_rule_set = r.number`;
    const experiments = await tx.experiment.findMany();
    const lanes = await tx.lane.findMany();
    const others = await this.past.listLastSaid(tx, tabled);
    return [
      ...services.map((row) => thing('service', row.id, row.id, { ...serviceState(row) })),
      ...ruleSets.map(({ serviceId, ...set }) => thing('service', serviceId, serviceId, headOfRules(set), 'rules')),
      ...ruleSets.flatMap(({ serviceId, input }) =>
        input.rules.map((rule) => thing('rule', serviceId, `${serviceId}/${rule.id}`, stateOfRule(rule))),
      ),
      ...versions.map((row) => thing('version', row.serviceId, `${row.serviceId}/${row.version}`, versionState(row))),
      ...versions.map((row) => thing('flags', row.serviceId, `${row.serviceId}/${row.version}`, { flags: row.flags })),
      ...experiments.map((row) =>
        thing('experiment', row.serviceId, `${row.serviceId}/${row.id}`, {
          name: row.name,
          ...experimentFieldsOf(row.record as never),
        }),
      ),
      ...lanes.map((row) => thing('lane', null, row.tag, { ...laneState(row as never) })),
      ...others.map(({ entity, serviceId, key, after }) => thing(entity, serviceId, key, after ?? {})),
    ].filter(isSomething);
  }

  async listTenants(tx: Transaction, ids: readonly string[]): Promise<Map<string, Record<string, unknown>>> {
    const rows = await tx.tenant.findMany({ where: { id: { in: [...ids] }, deletedAt: null } });
    return new Map(rows.map((row) => [row.id, tenantState(row)]));
  }

  async listCells(tx: Transaction, tenantIds: readonly string[]) {
    return tx.assignment.findMany({
      where: { tenantId: { in: [...tenantIds] } },
      select: { tenantId: true, serviceId: true, version: true, isPinned: true },
    });
  }

  /** How many tenants and assignments there are, of these tenants or (null) of all. */
  async countCells(tx: Transaction, tenantIds: readonly string[] | null) {
    const only = tenantIds === null ? {} : { in: [...tenantIds] };
    return {
      tenant: await tx.tenant.count({ where: { id: only, deletedAt: null } }),
      assignment: await tx.assignment.count({ where: { tenantId: only } }),
    };
  }
}

function thing(
  entity: Thing['entity'],
  serviceId: string | null,
  key: string,
  state: Thing['state'],
  part: Thing['part'] = '',
): Thing {
  return { entity, part, serviceId, key, state };
}

/** A version without flags, and a service without rules, have no state of their own to show. */
export function isSomething({ entity, part, state }: Pick<Thing, 'entity' | 'part' | 'state'>): boolean {
  if (entity === 'flags') return (state['flags'] as unknown[]).length > 0;
  return part !== 'rules' || state['liveRuleSet'] !== null;
}
