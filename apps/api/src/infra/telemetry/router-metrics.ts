import { type ErrorCode, errorCodes } from '@grey/contracts';
import type { Decision, DecisionReason } from '@grey/route-core';
import type { RouteMetrics } from '@grey/route-module';
import { LATENCY_BUCKETS } from './latency-buckets.ts';

/** What a tenant, service or version is called that is not known, or is one too many. */
const OTHER = 'other';
const NONE = 'none';

/** Requests counted under one set of labels. */
export interface RequestCount {
  readonly tenant: string;
  readonly service: string;
  readonly version: string;
  readonly status: number;
  readonly count: number;
}

type CountsByStatus = Map<number, number>;
type CountsByVersion = Map<string, CountsByStatus>;
type CountsByService = Map<string, CountsByVersion>;

/**
 * Counts routing in plain maps, because a metrics library costs as much per request as the decision; it is read when
 * somebody scrapes. Labels are bounded: the first `tenantLimit` tenants have one of their own, and only names that the
 * configuration knows become labels, so that nobody can fill Prometheus with made-up ones.
 */
export class RouterMetrics implements Omit<RouteMetrics, 'noted'> {
  readonly #tenantLimit: number;
  readonly #hasTenant: (id: string) => boolean;
  readonly #counts = new Map<string, CountsByService>();
  #namedTenantCount = 0;
  readonly #buckets = new Array<number>(LATENCY_BUCKETS.length + 1).fill(0);
  #secondsTotal = 0;
  #tookCount = 0;

  /** @param hasTenant whether the configuration knows a tenant; asked where the decision does not tell */
  constructor(tenantLimit: number, hasTenant: (id: string) => boolean = () => true) {
    this.#tenantLimit = tenantLimit;
    this.#hasTenant = hasTenant;
  }

  decided(decision: Decision): void {
    const { tenantId, serviceName } = decision;
    if (decision.ok) {
      const isKnown = this.#isTenantKnown(tenantId, decision.reason);
      this.#count(isKnown ? tenantId : undefined, serviceName, decision.version, 200);
      return;
    }
    const { code } = decision;
    const service = code === 'SERVICE_UNKNOWN' ? OTHER : serviceName;
    this.#count(
      this.#isRefusedKnown(decision) ? tenantId : undefined,
      service,
      decision.version ?? NONE,
      statusOf(code),
    );
  }

  rejected(status: number): void {
    this.#count(undefined, NONE, NONE, status);
  }

  took(seconds: number): void {
    let bucket = 0;
    while (bucket < LATENCY_BUCKETS.length && seconds > LATENCY_BUCKETS[bucket]!) bucket++;
    this.#buckets[bucket]!++;
    this.#secondsTotal += seconds;
    this.#tookCount++;
  }

  /** Every count since the start. */
  listCounts(): RequestCount[] {
    const counts: RequestCount[] = [];
    for (const [tenant, services] of this.#counts)
      for (const [service, versions] of services)
        for (const [version, statuses] of versions)
          for (const [status, count] of statuses) counts.push({ tenant, service, version, status, count });
    return counts;
  }

  /** The latency of all requests since the start: `buckets[i]` counts those up to LATENCY_BUCKETS[i], the last those above. */
  get latency(): { readonly buckets: readonly number[]; readonly secondsTotal: number; readonly count: number } {
    return { buckets: this.#buckets, secondsTotal: this.#secondsTotal, count: this.#tookCount };
  }

  #count(tenant: string | undefined, service: string, version: string, status: number): void {
    const versions = childOf(this.#servicesOf(tenant), service);
    const statuses = childOf(versions, version);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }

  /** Lanes, rules and experiments decide for unknown tenants too, where a service lets them in. */
  #isTenantKnown(tenantId: string, reason: DecisionReason | undefined): boolean {
    if (reason === undefined || reason === 'UNKNOWN_TENANT_DEFAULT') return false;
    const isOpenToAll = reason === 'LANE' || reason === 'RULE' || reason === 'EXPERIMENT';
    return !isOpenToAll || this.#hasTenant(tenantId);
  }

  /** Of the refusals only these have seen the tenant in the configuration. */
  #isRefusedKnown({ code, tenantId, reason }: Extract<Decision, { ok: false }>): boolean {
    if (code === 'TENANT_INACTIVE') return true;
    if (code === 'LANE_NOT_SERVED') return this.#hasTenant(tenantId);
    const isAfterTenant = code === 'NO_INSTANCE' || code === 'SCHEMA_MISMATCH' || code === 'SCHEMA_UNCERTAIN';
    return isAfterTenant && this.#isTenantKnown(tenantId, reason);
  }

  #servicesOf(tenant: string | undefined): CountsByService {
    if (tenant !== undefined) {
      const named = this.#counts.get(tenant);
      if (named !== undefined) return named;
      if (this.#namedTenantCount < this.#tenantLimit && tenant !== OTHER) {
        this.#namedTenantCount++;
        return childOf(this.#counts, tenant);
      }
    }
    return childOf(this.#counts, OTHER);
  }
}

function childOf<K, V>(parent: Map<string, Map<K, V>>, key: string): Map<K, V> {
  let child = parent.get(key);
  if (child === undefined) {
    child = new Map();
    parent.set(key, child);
  }
  return child;
}

function statusOf(code: ErrorCode): number {
  return errorCodes[code].status;
}
