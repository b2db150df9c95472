import type { Solution } from '@grey/contracts';
import type { Upgrade } from './upgrade-solver.ts';

/** As many as a plan of single cells takes, so that a step can be planned for its group. */
const IDS_SHOWN = 20_000;

interface Group {
  readonly upgrade: Upgrade;
  tenantCount: number;
  readonly tenantIds: string[];
}

/** Tenants by what is to be done with them. */
export class UpgradeGroups {
  readonly #groups = new Map<string, Group>();
  /** The solver gives tenants in equal states the same object: its text is needed once. */
  readonly #known = new Map<Upgrade, Group>();

  add(tenantId: string, upgrade: Upgrade): void {
    const group = this.#known.get(upgrade) ?? this.#find(upgrade);
    group.tenantCount += 1;
    if (group.tenantIds.length < IDS_SHOWN) group.tenantIds.push(tenantId);
  }

  /** The largest group first. */
  list(): Solution['groups'] {
    return [...this.#groups.values()]
      .sort((a, b) => b.tenantCount - a.tenantCount)
      .map(({ upgrade: { outcome, steps, reasons }, tenantCount, tenantIds }) => ({
        outcome,
        steps: [...steps],
        reasons: [...reasons],
        tenantCount,
        tenantIds,
      }));
  }

  #find(upgrade: Upgrade): Group {
    const key = JSON.stringify([upgrade.outcome, upgrade.steps, upgrade.reasons]);
    const group = this.#groups.get(key) ?? { upgrade, tenantCount: 0, tenantIds: [] };
    this.#groups.set(key, group);
    this.#known.set(upgrade, group);
    return group;
  }
}
