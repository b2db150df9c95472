import type { Decision } from '@grey/route-core';
import type { SoakCount, SoakKey } from './soaks.store.ts';

interface Counted {
  readonly key: SoakKey;
  decisionCount: number;
  failedCount: number;
}

/**
 * Counts decisions of the tenants and services whose upgrade soaks, and of nobody else: bounded by what is followed.
 * A decision failed when nobody could answer, or when another version had to answer for the one that is soaking.
 */
export class SoakCounters {
  #followed: ReadonlyMap<string, Counted> = new Map();

  /** From now on these, and no others. */
  follow(keys: readonly SoakKey[]): void {
    const known = new Map([...this.#followed.values()].map((one) => [one.key.upgradeId, one]));
    this.#followed = new Map(
      keys.map((key) => [
        cellOf(key.tenantId, key.serviceId),
        known.get(key.upgradeId) ?? { key, decisionCount: 0, failedCount: 0 },
      ]),
    );
  }

  decided(decision: Decision): void {
    if (this.#followed.size === 0) return;
    const counted = this.#followed.get(cellOf(decision.tenantId, decision.serviceName));
    if (counted === undefined) return;
    counted.decisionCount += 1;
    if (isFailure(decision, counted.key.toVersion)) counted.failedCount += 1;
  }

  /** What was counted since the last call, which now belongs to the caller. */
  take(): SoakCount[] {
    const taken: SoakCount[] = [];
    for (const one of this.#followed.values()) {
      const { decisionCount, failedCount } = one;
      if (decisionCount === 0) continue;
      taken.push({ upgradeId: one.key.upgradeId, decisionCount, failedCount });
      one.decisionCount = 0;
      one.failedCount = 0;
    }
    return taken;
  }

  /** Takes counts back that could not be written. */
  giveBack(counts: readonly SoakCount[]): void {
    const followed = new Map([...this.#followed.values()].map((one) => [one.key.upgradeId, one]));
    for (const { upgradeId, decisionCount, failedCount } of counts) {
      const one = followed.get(upgradeId);
      if (one === undefined) continue;
      one.decisionCount += decisionCount;
      one.failedCount += failedCount;
    }
  }
}

/** Refusals that are about the version and not about the tenant or the request. */
const UNANSWERED: ReadonlySet<string> = new Set([
  'NO_INSTANCE',
  'SCHEMA_MISMATCH',
  'SCHEMA_UNCERTAIN',
  'VERSION_UNDEFINED',
]);

function isFailure(decision: Decision, toVersion: string): boolean {
  return decision.ok ? decision.fallback?.from === toVersion : UNANSWERED.has(decision.code);
}

/** `/` is in no id. */
function cellOf(tenantId: string, serviceId: string): string {
  return `${tenantId}/${serviceId}`;
}
