import type { Decision, RefusalCode } from '../decision.ts';
import type {
  BeforeAfter,
  SimulatedOutcome,
  SimulatedTenant,
  SimulationExample,
  SimulationResult,
  Transition,
} from './simulation-result.ts';

type Count = { before: number; after: number };
/** Counts of transitions, from the old version to the new one. */
type Transitions = Map<string | null, Map<string | null, number>>;

interface TenantTally {
  count: number;
  changedCount: number;
  readonly transitions: Transitions;
}

const EXAMPLE_LIMIT = 20;

/** Counts pairs of decisions about one request. */
export class SimulationTally {
  #total = 0;
  #changed = 0;
  readonly #tenants = new Map<string, TenantTally>();
  readonly #noInstance: Count = { before: 0, after: 0 };
  readonly #refusals = new Map<RefusalCode, Count>();
  readonly #rules = new Map<string, Count>();
  readonly #examples: SimulationExample[] = [];

  add(index: number, tenantId: string, before: Decision, after: Decision): void {
    this.#total++;
    this.#count(before, 'before');
    this.#count(after, 'after');
    let tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) {
      tenant = { count: 0, changedCount: 0, transitions: new Map() };
      this.#tenants.set(tenantId, tenant);
    }
    tenant.count++;
    const from = before.ok ? before.version : null;
    const to = after.ok ? after.version : null;
    if (from === to) return;
    this.#changed++;
    tenant.changedCount++;
    const isNew = countTransition(tenant.transitions, from, to);
    // One tenant with a thousand requests shall not take all the places.
    if (isNew && this.#examples.length < EXAMPLE_LIMIT) {
      this.#examples.push({ index, before: toOutcome(before), after: toOutcome(after) });
    }
  }

  finish(topTenants: number): SimulationResult {
    const changed = [...this.#tenants].filter(([, tenant]) => tenant.changedCount > 0);
    changed.sort(([idX, x], [idY, y]) => y.changedCount - x.changedCount || compareTexts(idX, idY));
    return {
      total: this.#total,
      changed: this.#changed,
      byTransition: this.#sumTransitions(),
      tenantCount: this.#tenants.size,
      changedTenantCount: changed.length,
      byTenant: changed.slice(0, topTenants).map(toTenant),
      wouldFindNoInstance: { ...this.#noInstance },
      refusals: listCounts(this.#refusals).map(([code, count]) => ({ code, ...count })),
      byRule: listCounts(this.#rules).map(([ruleId, count]) => ({ ruleId, ...count })),
      examples: this.#examples,
    };
  }

  #count(decision: Decision, side: keyof Count): void {
    const lacksInstance = decision.ok ? decision.fallback?.cause === 'NO_INSTANCE' : decision.code === 'NO_INSTANCE';
    if (lacksInstance) this.#noInstance[side]++;
    if (!decision.ok) increase(this.#refusals, decision.code, side);
    else if (decision.rule !== null) increase(this.#rules, decision.rule, side);
  }

  #sumTransitions(): SimulationResult['byTransition'] {
    const sums = new Map<string, { from: string | null; to: string | null; count: number; tenantCount: number }>();
    for (const { transitions } of this.#tenants.values()) {
      for (const { from, to, count } of listTransitions(transitions)) {
        const key = JSON.stringify([from, to]);
        const sum = sums.get(key) ?? { from, to, count: 0, tenantCount: 0 };
        sum.count += count;
        sum.tenantCount++;
        sums.set(key, sum);
      }
    }
    return [...sums.values()].sort(compareTransitions);
  }
}

function increase<K>(counts: Map<K, Count>, key: K, side: keyof Count): void {
  let count = counts.get(key);
  if (count === undefined) {
    count = { before: 0, after: 0 };
    counts.set(key, count);
  }
  count[side]++;
}

/** @returns whether it is the first of its kind */
function countTransition(transitions: Transitions, from: string | null, to: string | null): boolean {
  let targets = transitions.get(from);
  if (targets === undefined) {
    targets = new Map();
    transitions.set(from, targets);
  }
  const count = targets.get(to) ?? 0;
  targets.set(to, count + 1);
  return count === 0;
}

function listTransitions(transitions: Transitions): Transition[] {
  const list = [...transitions].flatMap(([from, targets]) => [...targets].map(([to, count]) => ({ from, to, count })));
  return list.sort(compareTransitions);
}

function toTenant([tenantId, { count, changedCount, transitions }]: [string, TenantTally]): SimulatedTenant {
  return { tenantId, count, changedCount, transitions: listTransitions(transitions) };
}

function toOutcome(decision: Decision): SimulatedOutcome {
  if (decision.ok) {
    return { version: decision.version, code: null, reason: decision.reason, rule: decision.rule };
  }
  return { version: null, code: decision.code, reason: decision.reason ?? null, rule: null };
}

function listCounts<K extends string>(counts: ReadonlyMap<K, BeforeAfter>): [K, BeforeAfter][] {
  return [...counts].sort(([x], [y]) => compareTexts(x, y));
}

function compareTransitions(x: Transition, y: Transition): number {
  return y.count - x.count || compareTexts(x.from ?? '', y.from ?? '') || compareTexts(x.to ?? '', y.to ?? '');
}

function compareTexts(x: string, y: string): number {
  if (x === y) return 0;
  return x < y ? -1 : 1;
}
