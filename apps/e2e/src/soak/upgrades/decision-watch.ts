import { setTimeout as sleep } from 'node:timers/promises';
import type { CutSdk } from './cut-sdk.ts';
import type { TenantsDatabase } from './tenants-database.ts';

const EVERY_MS = 5;
const PATIENCE_MS = 3_000;

/** A tenant that is looked at. */
export interface WatchedTenant {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly schema: string;
}

/**
 * Checks all the time, with the tenants' databases as the judges, that no request is routed to a version which its database
 * cannot serve: v1 needs what contract takes away, v2 what expand adds. What is missing before a decision and after it was
 * missing when it was made, for nothing comes and goes in between: a contract is never taken back here.
 */
export class DecisionWatch {
  readonly faults: string[] = [];
  readonly tally = { byReplicas: 0, bySdks: 0, byCutSdks: 0, uncertain: 0, refused: 0, unanswered: 0 };
  readonly #parts: {
    readonly tenants: readonly WatchedTenant[];
    readonly database: TenantsDatabase;
    readonly urls: readonly string[];
    readonly token: string;
    readonly random: () => number;
  };
  readonly #sdks = new Set<CutSdk>();
  #isEnding = false;
  #watching: Promise<unknown> = Promise.resolve();

  constructor(parts: {
    readonly tenants: readonly WatchedTenant[];
    readonly database: TenantsDatabase;
    readonly urls: readonly string[];
    readonly token: string;
    readonly random: () => number;
  }) {
    this.#parts = parts;
  }

  add(sdk: CutSdk): void {
    this.#sdks.add(sdk);
  }

  remove(sdk: CutSdk): void {
    this.#sdks.delete(sdk);
  }

  start(): void {
    this.#watching = this.#watch();
  }

  /** @throws what a look at a tenant's database threw */
  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { tenants, database, urls, random } = this.#parts;
    for (let at = 0; !this.#isEnding; at += 1) {
      const tenant = tenants[Math.floor(random() * tenants.length)] as WatchedTenant;
      const before = await database.missing(tenant.schema);
      const said = this.#askSdks(tenant);
      const url = urls[at % urls.length] as string;
      const version = await this.#askReplica(url, tenant).catch(() => undefined);
      if (version === undefined) this.tally.unanswered += 1;
      else if (version !== null) said.push([`the replica at ${url}`, version]);
      const after = await database.missing(tenant.schema);
      for (const [who, version] of said) {
        const lacking = before[version]?.filter((thing) => after[version]?.includes(thing)) ?? [`any ${version}`];
        if (lacking.length > 0)
          this.#note(`${who} sends ${tenant.tenantId} to ${version} without ${lacking.join(', ')}`);
      }
      await sleep(EVERY_MS);
    }
  }

  #askSdks({ tenantId, serviceId }: WatchedTenant): [who: string, version: string][] {
    const said: [string, string][] = [];
    for (const sdk of this.#sdks) {
      const decision = sdk.decide(tenantId, serviceId);
      if (decision === undefined) continue;
      if (decision.ok) {
        this.tally[sdk.isHeld() ? 'bySdks' : 'byCutSdks'] += 1;
        said.push([sdk.id, decision.version]);
      } else this.tally[decision.code === 'SCHEMA_UNCERTAIN' ? 'uncertain' : 'refused'] += 1;
    }
    return said;
  }

  /** @returns null: it refused @throws nobody answered */
  async #askReplica(url: string, { tenantId, serviceId }: WatchedTenant): Promise<string | null> {
    const response = await fetch(`${url}/api/grey-router/route`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#parts.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tenantId, serviceName: serviceId }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { version, code } = (await response.json()) as { version?: string; code?: string };
    if (response.ok && version !== undefined) {
      this.tally.byReplicas += 1;
      return version;
    }
    this.tally[code === 'SCHEMA_UNCERTAIN' ? 'uncertain' : 'refused'] += 1;
    return null;
  }

  #note(fault: string): void {
    this.faults.push(`${new Date().toISOString()} ${fault}`);
  }
}
