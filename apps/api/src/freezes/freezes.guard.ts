import type { Objection } from '@grey/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { GuardContext, VersionGuard, VersionMove } from '../guards/version-guard.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';
import { type FreezeRow, timesOf } from './freeze-row.ts';
import { FreezesStore } from './freezes.store.ts';
import { type ActiveFreeze, type FrozenCells, judgeFreezes } from './judge-freezes.ts';
import { currentWindow } from './windows-of-freeze.ts';

interface Frozen {
  readonly row: FreezeRow;
  readonly endsAt: number;
}

/** Objects to every change of version of what is frozen at the moment. */
@Injectable()
export class FreezesGuard implements VersionGuard, OnModuleInit {
  readonly name = 'freezes';

  constructor(
    private readonly store: FreezesStore,
    private readonly guards: VersionGuards,
  ) {}

  onModuleInit(): void {
    this.guards.register(this);
  }

  async check(tx: Transaction, moves: readonly VersionMove[], context: GuardContext): Promise<Objection[]> {
    // From here to the end no freeze begins to exist: one that is written meanwhile comes after this change.
    if (context.isHeld === true) await this.store.hold(tx);
    return this.#judge(tx, moves, undefined, context);
  }

  /** What was to be said of an emergency's moves at an instant, epoch milliseconds, by the freezes that there are now. */
  recall(tx: Transaction, moves: readonly VersionMove[], at: number): Promise<Objection[]> {
    return this.#judge(tx, moves, at, { isEmergency: true });
  }

  async #judge(
    tx: Transaction,
    moves: readonly VersionMove[],
    at: number | undefined,
    context: Pick<GuardContext, 'isEmergency'>,
  ): Promise<Objection[]> {
    const active = await this.#findActive(tx, new Set(moves.map(({ serviceId }) => serviceId)), at);
    if (active.length === 0) return [];
    const freezes = await this.#read(tx, active, moves);
    return judgeFreezes(moves, freezes, await this.#readCells(tx, freezes, moves), context);
  }

  async #findActive(tx: Transaction, serviceIds: ReadonlySet<string>, at: number | undefined): Promise<Frozen[]> {
    const { now, rows } = await this.store.listCurrent(tx, at);
    return rows.flatMap((row) => {
      if (row.serviceIds.length > 0 && !row.serviceIds.some((id) => serviceIds.has(id))) return [];
      const window = currentWindow(timesOf(row), now);
      return window === undefined ? [] : [{ row, endsAt: window.endsAt }];
    });
  }

  async #read(tx: Transaction, active: readonly Frozen[], moves: readonly VersionMove[]): Promise<ActiveFreeze[]> {
    const partial = active.filter(({ row }) => row.tenantIds.length + row.tenantTags.length > 0);
    const movesEverybody = moves.some(({ tenantId }) => tenantId === null);
    const moved = movesEverybody ? null : [...new Set(moves.flatMap(({ tenantId }) => tenantId ?? []))];
    const members =
      partial.length === 0
        ? new Map<string, Set<string>>()
        : await this.store.readMembers(
            tx,
            partial.map(({ row }) => row.id),
            moved,
          );
    return active.map(({ row, endsAt }) => ({
      id: row.id,
      title: row.title,
      reason: row.reason,
      serviceIds: new Set(row.serviceIds),
      tenantIds: row.tenantIds.length + row.tenantTags.length === 0 ? null : (members.get(row.id) ?? new Set()),
      endsAt,
    }));
  }

  /** Where a move of everybody could pass tenants of a freeze by. */
  async #readCells(
    tx: Transaction,
    freezes: readonly ActiveFreeze[],
    moves: readonly VersionMove[],
  ): Promise<FrozenCells> {
    const serviceIds = new Set(moves.flatMap(({ tenantId, serviceId }) => (tenantId === null ? [serviceId] : [])));
    const tenantIds = new Set(freezes.flatMap((freeze) => [...(freeze.tenantIds ?? [])]));
    if (serviceIds.size === 0 || tenantIds.size === 0) return new Map();
    return this.store.readCells(tx, [...tenantIds], [...serviceIds]);
  }
}
