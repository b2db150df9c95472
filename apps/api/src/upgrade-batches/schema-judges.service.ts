import type { ServiceRecord } from '@grey/route-core';
import type { Engine, MigrationSet, SetJudgement } from '@grey/schema-upgrades';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import { judgeSchemaWay } from '../upgrades/steps/judge-schema-way.ts';
import type { SchemaWay } from '../upgrades/steps/schema-way.service.ts';
import { targetSchema } from '../upgrades/target-schema.ts';
import type { TenantOfBatch } from './batch-members.store.ts';
import type { Judged } from './leave-out.ts';
import type { PlanInput } from './plan-input.ts';

/** Whether schemas can be led to the one that a version brings. */
@Injectable()
export class SchemaJudges {
  constructor(private readonly sets: MigrationSets) {}

  /** The same for all whose schema stands alike: of ten thousand tenants there are a handful of cases. */
  async judge(
    tx: Transaction,
    input: PlanInput,
    service: ServiceRecord,
    tenants: readonly TenantOfBatch[],
  ): Promise<(tenant: TenantOfBatch) => Judged> {
    const { serviceId, toVersion, kind, options } = input;
    const target = service.versions.find(({ version }) => version === toVersion);
    const known = new Map<string, Judged>();
    const own = new Map<Engine, MigrationSet | null>();
    for (const engine of new Set(tenants.flatMap((one) => one.engine ?? [])))
      own.set(engine, await this.sets.find(tx, serviceId, toVersion, engine));
    let anySet: MigrationSet | null = null;
    for (const engine of ['postgres', 'mysql'] as const)
      anySet ??= own.get(engine) ?? (await this.sets.find(tx, serviceId, toVersion, engine));
    for (const tenant of tenants) {
      const key = wayKey(tenant);
      if (known.has(key)) continue;
      const { engine, version } = tenant;
      const present = service.versions.find((one) => one.version === version);
      const floor = tenant.schemaVersion ?? present?.schemaMin ?? 0;
      const schemaTo =
        engine === null
          ? (anySet?.schemaVersion ?? null)
          : targetSchema(own.get(engine)?.schemaVersion ?? null, target?.schemaMin ?? null, tenant.expandedTo ?? floor);
      const sets =
        engine === null || schemaTo === null ? [] : await this.sets.between(tx, serviceId, engine, floor, schemaTo);
      const judgements: SetJudgement[] = [];
      for (const set of sets) judgements.push(await this.sets.judge(tx, set));
      const way: SchemaWay = {
        engine,
        cell: cellOf(tenant, serviceId),
        service,
        target,
        own: engine === null ? null : (own.get(engine)?.schemaVersion ?? null),
        floor,
        sets,
        contracted: sets.flatMap((set) =>
          set.migrations.filter(({ phase }) => phase === 'contract').map(({ name }) => name),
        ),
      };
      const rows = judgeSchemaWay({ kind, toVersion, schemaTo, options }, way, version, judgements);
      const serves = options.contract === 'ask' && way.contracted.length > 0 ? tenant.schemaVersion : tenant.expandedTo;
      known.set(key, {
        refusal: rows.find(({ verdict }) => verdict === 'refuse')?.detail ?? null,
        isThere: schemaTo !== null && serves !== null && serves >= schemaTo,
      });
    }
    return (tenant: TenantOfBatch) => known.get(wayKey(tenant)) ?? NOTHING_KNOWN;
  }
}

const NOTHING_KNOWN: Judged = { refusal: null, isThere: false };

function wayKey({ engine, version, schemaVersion, expandedTo }: TenantOfBatch): string {
  return JSON.stringify([engine, version, schemaVersion, expandedTo]);
}

function cellOf({ tenantId, schemaVersion, expandedTo }: TenantOfBatch, serviceId: string): SchemaWay['cell'] {
  if (schemaVersion === null || expandedTo === null) return null;
  return { tenantId, serviceId, schemaVersion, expandedTo, isMigrating: false };
}
