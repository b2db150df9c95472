import type { Objection } from '@grey/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type DirectedMove,
  type GuardContext,
  isDirected,
  type VersionGuard,
  type VersionMove,
} from '../guards/version-guard.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { CompatibilityStore } from './compatibility.store.ts';
import { CompatibilityMatrix } from './compatibility-matrix.ts';
import type { GuardedState } from './guarded-state.ts';
import { judgeRequirements } from './judge-requirements.ts';
import { judgeTransitions } from './judge-transitions.ts';

/** Objects to versions that do not fit the one before, or another service of the tenant. */
@Injectable()
export class CompatibilityGuard implements VersionGuard, OnModuleInit {
  readonly name = 'compatibility';

  constructor(
    private readonly store: CompatibilityStore,
    private readonly guards: VersionGuards,
  ) {}

  onModuleInit(): void {
    this.guards.register(this);
  }

  async check(tx: Transaction, moves: readonly VersionMove[], { isHeld = false }: GuardContext): Promise<Objection[]> {
    const matrix = new CompatibilityMatrix(await this.store.list(tx));
    if (matrix.isEmpty) return [];
    const judged = moves.filter(isDirected).filter(({ serviceId }) => matrix.mentions(serviceId));
    if (judged.length === 0) return [];
    const state = await this.#read(tx, matrix, judged, isHeld);
    return [...judgeTransitions(judged, state), ...judgeRequirements(judged, state)];
  }

  async #read(
    tx: Transaction,
    matrix: CompatibilityMatrix,
    moves: readonly DirectedMove[],
    isHeld: boolean,
  ): Promise<GuardedState> {
    const linked = moves.filter(({ serviceId }) => matrix.partnersOf(serviceId).size > 0);
    const linkedIds = [...new Set(linked.flatMap(({ tenantId }) => tenantId ?? []))].sort();
    const startless = moves.flatMap(({ tenantId, fromVersion }) => (fromVersion === null ? (tenantId ?? []) : []));
    const tenantIds = [...new Set([...linkedIds, ...startless])];
    const movesEverybody = linked.some(({ tenantId }) => tenantId === null);
    // What is read below is to be so until the end: of two changes at once, the second sees the first.
    if (isHeld && movesEverybody) await this.store.holdEverybody(tx);
    else if (isHeld && linkedIds.length > 0) await this.store.holdTenants(tx, linkedIds);
    const moved = servicesOf(moves);
    const involved = [...new Set([...moved, ...moved.flatMap((id) => [...matrix.partnersOf(id)])])];
    const reached = servicesOf(
      moves.filter(
        ({ tenantId, fromVersion, isDefault = false }) => tenantId === null && fromVersion === null && !isDefault,
      ),
    );
    const labels = (await this.store.readLabels(tx, involved)).filter(({ isRetired }) => !isRetired);
    const counts = reached.length === 0 ? [] : await this.store.countAssigned(tx, reached);
    const cells = tenantIds.length === 0 ? [] : await this.store.readCells(tx, tenantIds, involved);
    const groups = movesEverybody ? await this.store.readStateGroups(tx, involved) : [];
    return {
      matrix,
      defaults: await this.store.readDefaults(tx, involved),
      labels: mapOfLists(labels.map(({ serviceId, version }) => [serviceId, version])),
      assigned: new Map(
        [...Map.groupBy(counts, (one) => one.serviceId)].map(([serviceId, rows]) => [
          serviceId,
          new Map(rows.map(({ version, count }) => [version, count])),
        ]),
      ),
      tenants: new Map(
        cells.map(({ tenantId, serviceIds, versions }) => [
          tenantId,
          new Map(serviceIds.map((id, at) => [id, versions[at] ?? ''])),
        ]),
      ),
      everybody: movesEverybody ? [...groups, { versions: new Map(), tenantCount: 0, examples: [] }] : [],
    };
  }
}

function servicesOf(moves: readonly VersionMove[]): string[] {
  return [...new Set(moves.map(({ serviceId }) => serviceId))].sort();
}

function mapOfLists(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  return new Map([...Map.groupBy(pairs, ([key]) => key)].map(([key, all]) => [key, all.map(([, value]) => value)]));
}
