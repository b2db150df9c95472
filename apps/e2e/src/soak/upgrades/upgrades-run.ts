import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceRecord } from '@grey/route-core';
import type { Replicas } from '../../bench/start-replicas.ts';
import { callerFor } from '../../call-product.ts';
import { BeatingFleet } from '../outages/beating-fleet.ts';
import type { WatchedTenant } from './decision-watch.ts';
import { BROKEN, WHOLE } from './migration-files.ts';
import type { TenantsDatabase } from './tenants-database.ts';

const TELL_MS = 15_000;
const LOOK_MS = 500;
const ENDED = ['done', 'failed', 'aborted'];

/** An upgrade as the list has it. */
export interface ListedUpgrade {
  readonly id: string;
  readonly tenantId: string;
  readonly state: string;
  readonly step: string | null;
  readonly awaits: string | null;
  readonly failure: { readonly message: string } | null;
}

const isBroken = (at: number) => at % 4 === 3;
const isAborted = (at: number) => at % 7 === 5 && !isBroken(at);
/** Is routed, and moves with its schema. */
const isMoved = (at: number) => at % 3 !== 0;
const wantedOf = (at: number) => (isBroken(at) ? 'failed' : isAborted(at) ? 'aborted' : 'done');

/** Upgrades of many tenants through the API, from the first to the last, by whichever replica is up. */
export class UpgradesRun {
  readonly faults: string[] = [];
  readonly watched: readonly WatchedTenant[];
  readonly #parts: {
    readonly product: Replicas;
    /** Indices of replicas that do not run now. */
    readonly down: ReadonlySet<number>;
    readonly database: TenantsDatabase;
    readonly count: number;
    readonly say: (line: string) => void;
  };
  readonly #fleet: BeatingFleet;
  readonly #forgotten = new Set<string>();
  #oldCatalogue = '';
  #toldAt = performance.now();

  constructor(parts: {
    readonly product: Replicas;
    readonly down: ReadonlySet<number>;
    readonly database: TenantsDatabase;
    readonly count: number;
    readonly say: (line: string) => void;
  }) {
    this.#parts = parts;
    const { apis, token } = parts.product;
    this.#fleet = new BeatingFleet(
      apis.map(({ url }) => url),
      token,
    );
    this.watched = Array.from({ length: parts.count }, (_, at) => ({
      tenantId: `t-${at}`,
      serviceId: isBroken(at) ? 'broken' : 'whole',
      schema: `t_${at}`,
    }));
  }

  /** Services with two versions, tenants with schemas of their own. @returns the instances, by service */
  async setUp(): Promise<ReadonlyMap<string, readonly InstanceRecord[]>> {
    const instances = new Map<string, readonly InstanceRecord[]>();
    for (const [id, files] of [
      ['whole', WHOLE],
      ['broken', BROKEN],
    ] as const) {
      await this.#ask('POST', '/api/services', { id });
      await this.#ask('POST', `/api/services/${id}/versions`, { version: 'v1', schemaMin: 0, schemaMax: 0 });
      await this.#ask('POST', `/api/services/${id}/versions`, { version: 'v2', schemaMin: 1 });
      const set = { engine: 'postgres', files, schemaVersion: 1 };
      await this.#ask('PUT', `/api/services/${id}/versions/v2/migrations`, set);
      for (const version of ['v1', 'v2'])
        await this.#fleet.add({ serviceId: id, version, instanceId: `${id}-${version}` });
      const { items } = await this.#ask<{ items: InstanceRecord[] }>('GET', `/api/services/${id}/instances`);
      instances.set(id, items);
    }
    for (const [at, { tenantId, serviceId, schema }] of this.watched.entries()) {
      const source = await this.#parts.database.add(schema);
      await this.#ask('POST', '/api/tenants', { id: tenantId, name: tenantId });
      await this.#ask('POST', '/api/data-sources', { tenantId, serviceId, ...source });
      const assignment = `/api/tenants/${tenantId}/services/${serviceId}/version`;
      if (isMoved(at)) await this.#ask('PUT', assignment, { targetVersion: 'v1' });
      this.#oldCatalogue = await this.#parts.database.dump(schema);
    }
    return instances;
  }

  async start(): Promise<void> {
    for (const [at, { tenantId, serviceId }] of this.watched.entries()) {
      const options = { backup: 'never', soakSeconds: 1 };
      const [path, body] = isMoved(at)
        ? [`/api/tenants/${tenantId}/services/${serviceId}/upgrade`, { toVersion: 'v2', options }]
        : [`/api/tenants/${tenantId}/schema-upgrade`, { serviceId, version: 'v2', options }];
      await this.#ask('POST', path, body);
    }
  }

  /** Confirms and aborts, until all have ended. @param dead routers that are vouched for */
  async goThrough(until: number, dead: readonly string[]): Promise<readonly ListedUpgrade[]> {
    for (;;) {
      const all = await this.#list();
      const open = all.filter(({ state }) => !ENDED.includes(state));
      if (open.length === 0 || open.some(({ state }) => state === 'needs_operator')) return all;
      if (Date.now() > until) {
        this.faults.push('the time is over');
        await this.#tell(all);
        return all;
      }
      if (performance.now() - this.#toldAt >= TELL_MS) await this.#tell(all);
      await this.#vouchFor(dead);
      for (const { id, tenantId, awaits } of open) {
        if (awaits !== 'confirmation') continue;
        const action = isAborted(Number(tenantId.slice(2))) ? 'cancel' : 'confirm';
        // Somebody said so already, or it has moved on: looked at again.
        await this.#ask('POST', `/api/upgrades/${id}/${action}`, { reason: 'soak' }).catch(() => undefined);
      }
      await sleep(LOOK_MS);
    }
  }

  /** What is wrong in the end. */
  async judge(ended: readonly ListedUpgrade[]): Promise<string[]> {
    const { database } = this.#parts;
    const byTenant = new Map(ended.map((one) => [one.tenantId, one]));
    const faults: string[] = [];
    let whole: string | undefined;
    for (const [at, { tenantId, serviceId, schema }] of this.watched.entries()) {
      const one = byTenant.get(tenantId);
      const wanted = wantedOf(at);
      if (one?.state !== wanted) {
        const where = `${one?.state} at ${one?.step}, awaiting ${one?.awaits}: ${one?.failure?.message ?? ''}`;
        faults.push(`${tenantId} should be ${wanted} and is ${where}`);
        continue;
      }
      const dump = await database.dump(schema);
      if (wanted === 'done') whole ??= dump;
      if (dump !== (wanted === 'done' ? whole : this.#oldCatalogue))
        faults.push(`${tenantId}: the catalogue is neither old nor new`);
      const version = wanted === 'done' ? 'v2' : 'v1';
      const request = { tenantId, serviceName: serviceId };
      if (isMoved(at)) {
        const routed = await this.#ask<{ version: string }>('POST', '/api/grey-router/route', request);
        if (routed.version !== version) faults.push(`${tenantId} is routed to ${routed.version} instead of ${version}`);
      }
      if (wanted !== 'done') continue;
      const rows = await database.query(`SELECT what FROM ${schema}.done`);
      if (rows.length !== 1) faults.push(`${tenantId}: a change of rows was made ${rows.length} times`);
    }
    if (whole === undefined || whole === this.#oldCatalogue) faults.push('nothing was upgraded');
    return faults;
  }

  stop(): void {
    this.#fleet.stop();
  }

  /** As an operator would who knows that they have ended; refused until they have been silent for long enough. */
  async #vouchFor(dead: readonly string[]): Promise<void> {
    for (const id of dead.filter((one) => !this.#forgotten.has(one))) {
      const isDone = await this.#ask('POST', `/api/routers/${id}/forget`, { reason: 'it was killed' }).then(
        () => true,
        () => false,
      );
      if (isDone) this.#forgotten.add(id);
    }
  }

  /** Asks whichever replica is up, until one answers; an answer that says no counts as one. */
  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { product, down } = this.#parts;
    for (;;) {
      for (const [at, { url }] of product.apis.entries()) {
        if (down.has(at)) continue;
        try {
          return await callerFor(url, product.token)<T>(method, path, body);
        } catch (error) {
          if (error instanceof Error && 'status' in error && Number(error.status) < 500) throw error;
        }
      }
      await sleep(200);
    }
  }

  async #list(): Promise<ListedUpgrade[]> {
    type Page = { readonly items: ListedUpgrade[]; readonly nextCursor: string | null };
    const all: ListedUpgrade[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: Page = await this.#ask<Page>('GET', `/api/upgrades?limit=100${query}`);
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  }

  /** How many are where, and what one of those that wait says of itself. */
  async #tell(all: readonly ListedUpgrade[]): Promise<void> {
    this.#toldAt = performance.now();
    const places = all.map(({ state, step, awaits }) =>
      state === 'queued' || ENDED.includes(state) ? state : `${state} at ${step}${awaits ? ` (${awaits})` : ''}`,
    );
    const counts = [...Map.groupBy(places, (place) => place)].map(([place, those]) => `${those.length} ${place}`);
    this.#parts.say(counts.join(', '));
    const waiting = all.find(({ awaits }) => awaits === 'time' || awaits === 'operator');
    if (waiting === undefined) return;
    const { sentence } = await this.#ask<{ sentence: string }>('GET', `/api/upgrades/${waiting.id}`);
    this.#parts.say(`  ${waiting.tenantId}: ${sentence}`);
  }
}
