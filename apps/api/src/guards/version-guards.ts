import type { Objection } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { ItemDraft } from '../changes/item-draft.ts';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { assertMayOverride, itemsOfOverride } from './overridden.ts';
import type { GuardContext, VersionGuard, VersionMove } from './version-guard.ts';

export type { GuardContext, VersionGuard, VersionMove } from './version-guard.ts';
export type { Objection };

const SHOWN = 1_000;

interface SetAside {
  readonly reason: string;
  readonly objections: Objection[];
}

/** What was overridden, and why, as the log keeps it. */
export interface Overridden {
  readonly reason: string;
  readonly objections: readonly Objection[];
  readonly items: readonly ItemDraft[];
}

/** What came of moves that were sifted: those that nobody objects to, and the objections to the others. */
export interface Sifted<T extends VersionMove> {
  readonly allowed: readonly T[];
  readonly objections: readonly Objection[];
  /** Objections that an override or an emergency set aside. */
  readonly overridden: readonly Objection[];
}

/** Asks everybody who may object before a version changes. Features that freeze or forbid register here. */
@Injectable()
export class VersionGuards {
  readonly #guards: VersionGuard[] = [];
  readonly #setAside = new WeakMap<Transaction, SetAside>();

  register(guard: VersionGuard): void {
    this.#guards.push(guard);
  }

  /** What all guards have to say of the moves as they stand, in the order of registration. */
  async check(tx: Transaction, moves: readonly VersionMove[], context: GuardContext): Promise<readonly Objection[]> {
    if (moves.length === 0) return [];
    const objections: Objection[] = [];
    // One after the other: a transaction has one connection.
    for (const guard of this.#guards) for (const one of await guard.check(tx, moves, context)) objections.push(one);
    return objections;
  }

  /**
   * All moves or none.
   * @returns the objections that were set aside
   * @throws ApiError MOVE_REFUSED with the others
   */
  async assertAllowed(
    tx: Transaction,
    moves: readonly VersionMove[],
    context: GuardContext,
  ): Promise<readonly Objection[]> {
    assertMayOverride(context);
    const objections = await this.check(tx, moves, context);
    const standing = objections.filter((one) => !isSetAside(one, context));
    if (standing.length > 0)
      throw new ApiError('MOVE_REFUSED', {
        detail: describe(standing),
        objections: standing.slice(0, SHOWN),
      });
    this.#note(tx, objections, context);
    return objections;
  }

  /**
   * Takes out the moves that somebody objects to, cell by cell, until the rest is fit to be made together: a move that
   * another one was needed for falls with it.
   */
  async sift<T extends VersionMove>(tx: Transaction, moves: readonly T[], context: GuardContext): Promise<Sifted<T>> {
    assertMayOverride(context);
    const objections: Objection[] = [];
    const overridden = new Map<string, Objection>();
    let allowed = moves;
    let pending = moves;
    while (pending.length > 0) {
      const found = await this.check(tx, pending, context);
      const standing = found.filter((one) => !isSetAside(one, context));
      for (const one of found)
        if (isSetAside(one, context)) overridden.set(`${keyOf(one)} ${one.code} ${one.detail}`, one);
      if (standing.length === 0) break;
      for (const one of standing) objections.push(one);
      const refused = new Set(standing.map(keyOf));
      const touched = new Set(standing.map((one) => one.tenantId));
      allowed = allowed.filter((move) => !touched.has(move.tenantId) || !refused.has(keyOf(move)));
      // Only tenants that lost a move can be in another state than was judged.
      pending = touched.has(null) ? allowed : allowed.filter((move) => touched.has(move.tenantId));
    }
    const refused = new Set(objections.map(keyOf));
    const setAside = [...overridden.values()].filter((one) => !refused.has(keyOf(one)));
    this.#note(tx, setAside, context);
    return { allowed, objections, overridden: setAside };
  }

  /**
   * What an override set aside in a transaction, for the log; undefined: nothing. Whoever writes the change asks here, so
   * that no operation can forget to tell.
   */
  overriddenIn(tx: Transaction): Overridden | undefined {
    const noted = this.#setAside.get(tx);
    return noted && { ...noted, items: itemsOfOverride(noted.objections) };
  }

  #note(tx: Transaction, objections: readonly Objection[], { override }: GuardContext): void {
    if (override === undefined || objections.length === 0) return;
    const noted = this.#setAside.get(tx) ?? { reason: override.reason, objections: [] };
    for (const one of objections) noted.objections.push(one);
    this.#setAside.set(tx, noted);
  }
}

function isSetAside({ isOverridable }: Objection, { override, isEmergency = false }: GuardContext): boolean {
  return isOverridable && (override !== undefined || isEmergency);
}

function keyOf({ tenantId, serviceId }: { readonly tenantId: string | null; readonly serviceId: string }): string {
  return `${tenantId ?? ''}/${serviceId}`;
}

function describe([first, ...others]: readonly Objection[]): string {
  if (first === undefined) return '';
  const mend = first.mend === null ? '' : ` ${first.mend}`;
  return `${first.detail}${mend}${others.length === 0 ? '' : ` And ${others.length} more.`}`;
}
