import type { Objection } from '@grey/contracts';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';
import type { GuardContext, VersionGuard, VersionMove } from './version-guard.ts';

export type { GuardContext, VersionGuard, VersionMove } from './version-guard.ts';
export type { Objection };

const SHOWN = 1_000;

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
    const objections = await this.check(tx, moves, context);
    const standing = objections.filter((one) => !isSetAside(one, context));
    if (standing.length > 0)
      throw new ApiError('MOVE_REFUSED', {
        detail: describe(standing),
        objections: standing.slice(0, SHOWN),
      });
    return objections;
  }

  /**
   * Takes out the moves that somebody objects to, cell by cell, until the rest is fit to be made together: a move that
   * another one was needed for falls with it.
   */
  async sift<T extends VersionMove>(tx: Transaction, moves: readonly T[], context: GuardContext): Promise<Sifted<T>> {
    const objections: Objection[] = [];
    const overridden = new Map<string, Objection>();
    let allowed = moves;
    let pending = moves;
    while (pending.length > 0) {
      const found = await this.check(tx, pending, context);
      const standing = found.filter((one) => !isSetAside(one, context));
      for (const one of found) if (isSetAside(one, context)) overridden.set(`${keyOf(one)} ${one.code}`, one);
      if (standing.length === 0) break;
      for (const one of standing) objections.push(one);
      const refused = new Set(standing.map(keyOf));
      const touched = new Set(standing.map((one) => one.tenantId));
      allowed = allowed.filter((move) => !refused.has(keyOf(move)));
      // Only tenants that lost a move can be in another state than was judged.
      pending = touched.has(null) ? allowed : allowed.filter((move) => touched.has(move.tenantId));
    }
    return { allowed, objections, overridden: [...overridden.values()] };
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
