import type { RuleSetInput, VersionCompatibility } from '@grey/contracts';
import type { ExperimentRecord, LaneRecord, RuleSetRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { readServiceParts } from '../infra/db/read-service-parts.ts';
import type { VersionUsage } from './judge-usage.ts';
import type { RoutingOfService } from './version-references.ts';

const EXAMPLES = 5;

/** What of the whole configuration may name a version. */
@Injectable()
export class VersionUsageStore {
  /** Of a version that there is. */
  async read(tx: Transaction, serviceId: string, version: string): Promise<VersionUsage> {
    const [parts] = await readServiceParts(tx, [serviceId]);
    const row = parts?.versions.find((one) => one.version === version);
    const draft = await tx.ruleDraft.findUnique({ where: { serviceId }, select: { document: true } });
    const holds = await tx.hold.findMany({
      where: { serviceId, liftedAt: null },
      select: { id: true, fromVersion: true, toVersion: true },
      orderBy: { createdAt: 'asc' },
    });
    const lanes = await tx.lane.findMany({ select: { record: true }, orderBy: { tag: 'asc' } });
    const routing: RoutingOfService = {
      holds,
      fallbackVersion: parts?.fallbackVersion ?? null,
      ruleSet: parts?.liveRules?.record as RuleSetRecord | undefined,
      experiments: parts?.experiments.map(({ record }) => record as ExperimentRecord) ?? [],
      lanes: lanes.map(({ record }) => record as unknown as LaneRecord),
    };
    return {
      serviceId,
      version,
      assigned: await this.#readAssigned(tx, serviceId, version),
      defaults: (parts?.defaultVersions ?? []) as unknown as VersionUsage['defaults'],
      routing,
      draft: (draft?.document ?? undefined) as RuleSetInput | undefined,
      holdsFrom: holds.filter(({ fromVersion }) => fromVersion === version),
      rollbacks: await this.#readRollbacks(tx, serviceId, version),
      compatibility: await this.#readCompatibility(tx, serviceId),
      others: (parts?.versions ?? [])
        .filter((one) => one.version !== version && one.status !== 'retired')
        .map((one) => one.version),
      flagCount: (row?.flags as readonly unknown[] | undefined)?.length ?? 0,
    };
  }

  async #readAssigned(tx: Transaction, serviceId: string, version: string): Promise<VersionUsage['assigned']> {
    const [counts] = await tx.$queryRaw<{ count: number; pinnedCount: number }[]>`
      SELECT count(*)::int AS count, count(*) FILTER (WHERE is_pinned)::int AS "pinnedCount" FROM assignments
      WHERE service_id = ${serviceId} AND version = ${version}`;
    const rows = await tx.assignment.findMany({
      where: { serviceId, version },
      select: { tenantId: true },
      orderBy: { tenantId: 'asc' },
      take: EXAMPLES,
    });
    return { count: 0, pinnedCount: 0, ...counts, examples: rows.map(({ tenantId }) => tenantId) };
  }

  /** Rollbacks in force whose undo would write assignments of the version back. */
  #readRollbacks(tx: Transaction, serviceId: string, version: string): Promise<{ holdId: string; count: number }[]> {
    return tx.$queryRaw`
      SELECT m.hold_id::text AS "holdId", count(*)::int AS count
      FROM holds h JOIN rollback_moves m ON m.hold_id = h.id
      WHERE h.service_id = ${serviceId} AND h.lifted_at IS NULL AND m.from_version = ${version}
      GROUP BY m.hold_id ORDER BY m.hold_id`;
  }

  /** Of the service itself, and of those that ask something of it. */
  async #readCompatibility(tx: Transaction, serviceId: string): Promise<VersionUsage['compatibility']> {
    const asked = JSON.stringify([{ requires: [{ serviceId }] }]);
    return tx.$queryRaw<{ serviceId: string; versions: VersionCompatibility[] }[]>`
      SELECT service_id AS "serviceId", versions FROM compatibility
      WHERE service_id = ${serviceId} OR versions @> ${asked}::jsonb ORDER BY service_id`;
  }
}
