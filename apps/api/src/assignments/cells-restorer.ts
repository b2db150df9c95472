import { Injectable } from '@nestjs/common';
import { mayActFor } from '../access/caller.ts';
import { type Outcome, type RestoreContext, type State, type Wish } from '../changes/reverts/restorer.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { AssignmentsStore } from './assignments.store.ts';
import { itemOfMove } from './item-of-move.ts';
import type { CellMove, CellState } from './plan-cells.ts';
import { versionMovesOf } from './version-moves.ts';

/** Writes assignments back, all at once: a change may have moved a hundred thousand. A cell counts as a whole. */
@Injectable()
export class CellsRestorer {
  constructor(
    private readonly store: AssignmentsStore,
    private readonly services: ServiceRecords,
    private readonly guards: VersionGuards,
  ) {}

  async restore(tx: Transaction, wishes: readonly Wish[], context: RestoreContext, outcome: Outcome): Promise<void> {
    const { caller, override } = context;
    const nameById = await this.store.findTenants(tx, [...new Set(wishes.map(tenantOf))].sort(), true);
    const statuses = await this.#holdVersions(tx, wishes);
    const cells = await this.store.readCells(
      tx,
      { tenantIds: wishes.map(tenantOf), serviceIds: wishes.map(serviceOf) },
      true,
    );
    const moves = new Map<string, { wish: Wish; move: CellMove }>();
    for (const wish of wishes) {
      const cell = cells.get(wish.key);
      const now = cell === undefined ? null : { version: cell.version, isPinned: cell.isPinned };
      const refused = (code: string, message: string) => outcome.refusals.push({ ...wish, code, message });
      const version = wish.wanted?.['version'] as string | undefined;
      const status = statuses.get(`${serviceOf(wish)} ${version}`);
      if (isSameCell(now, wish.wanted)) outcome.noopCount += 1;
      else if (!mayActFor(caller, tenantOf(wish)))
        refused('TENANT_FORBIDDEN', 'The caller may not act for this tenant.');
      else if (!nameById.has(tenantOf(wish))) refused('TENANT_UNKNOWN', 'The tenant is gone.');
      else if (!isSameCell(now, wish.expected) && !context.isOverwriting) outcome.conflicts.push({ ...wish, now });
      else if (version !== undefined && status === undefined) refused('VERSION_UNKNOWN', 'There is no such version.');
      else if (status === 'retired') refused('VERSION_RETIRED', `${serviceOf(wish)} ${version} is retired.`);
      else moves.set(wish.key, { wish, move: moveOf(wish, nameById.get(tenantOf(wish)) as string, cell) });
    }
    const wanted = [...moves.values()].map(({ move }) => move);
    const guarded = versionMovesOf(wanted, await this.#readDefaults(tx, wanted));
    const { objections } = await this.guards.sift(tx, guarded, { caller, override, isHeld: true });
    for (const { tenantId, serviceId, code, detail, isOverridable } of objections) {
      const key = `${tenantId}/${serviceId}`;
      const one = moves.get(key);
      if (one !== undefined && moves.delete(key))
        outcome.refusals.push({ ...one.wish, code, message: detail, isOverridable });
    }
    const allowed = [...moves.values()].map(({ move }) => move);
    await this.store.writeMoves(tx, allowed);
    for (const move of allowed) outcome.items.push(itemOfMove(move));
  }

  /** Status by `service version`. */
  async #holdVersions(tx: Transaction, wishes: readonly Wish[]): Promise<Map<string, string>> {
    const statuses = new Map<string, string>();
    const byService = Map.groupBy(wishes, serviceOf);
    for (const serviceId of [...byService.keys()].sort()) {
      const labels = (byService.get(serviceId) ?? []).flatMap(({ wanted }) =>
        wanted === null ? [] : [String(wanted['version'])],
      );
      for (const [label, status] of await this.services.readStatuses(tx, serviceId, [...new Set(labels)]))
        statuses.set(`${serviceId} ${label}`, status);
    }
    return statuses;
  }

  /** Where cells go that are dropped. */
  async #readDefaults(tx: Transaction, moves: readonly CellMove[]): Promise<Map<string, readonly string[]>> {
    const dropped = new Set(moves.flatMap(({ serviceId, toVersion }) => (toVersion === null ? [serviceId] : [])));
    const defaults = new Map<string, readonly string[]>();
    for (const serviceId of dropped) {
      const { defaults: set } = await this.services.read(tx, serviceId);
      defaults.set(
        serviceId,
        set.filter(({ weight }) => weight > 0).map(({ version }) => version),
      );
    }
    return defaults;
  }
}

function isSameCell(a: State, b: State): boolean {
  if (a === null || b === null) return a === b;
  return a['version'] === b['version'] && a['isPinned'] === b['isPinned'];
}

function tenantOf({ tenantId }: Wish): string {
  return tenantId as string;
}

function serviceOf({ serviceId }: Wish): string {
  return serviceId as string;
}

function moveOf(wish: Wish, tenantName: string, cell: CellState | undefined): CellMove {
  const { wanted } = wish;
  return {
    tenantId: tenantOf(wish),
    tenantName,
    serviceId: serviceOf(wish),
    fromVersion: cell?.version ?? null,
    toVersion: wanted === null ? null : String(wanted['version']),
    fromPinned: cell?.isPinned ?? false,
    toPinned: wanted?.['isPinned'] === true,
    stamp: cell?.stamp,
  };
}
