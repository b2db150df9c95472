import { batchSchema } from '@grey/contracts';
import { expect, vi } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/start-test-api.ts';
import { makeTenantsDatabase, type TenantsDatabase } from '../../../test/tenants-database.ts';
import { parseMasterKeys } from '../../infra/secrets/master-keys.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields and compares them
export type Loose = any;
export const patience = { timeout: 40_000, interval: 50 };

/** Migrations of v2: two that expand. */
export const EXPANDING = [
  { path: '0001_notes.up.sql', text: 'CREATE TABLE notes (id int PRIMARY KEY);' },
  { path: '0001_notes.down.sql', text: 'DROP TABLE notes;' },
  { path: '0002_mood.up.sql', text: 'ALTER TABLE orders ADD COLUMN mood text;' },
  { path: '0002_mood.down.sql', text: 'ALTER TABLE orders DROP COLUMN mood;' },
];
/** t01, t02, … */
export const ids = (count: number) => Array.from({ length: count }, (_, at) => `t${String(at + 1).padStart(2, '0')}`);

/** An API with twenty tenants, and a database for theirs. */
export class BatchWorld {
  readonly api: TestApi;
  readonly tenants: TenantsDatabase;

  private constructor(api: TestApi, tenants: TenantsDatabase) {
    this.api = api;
    this.tenants = tenants;
  }

  static async start(): Promise<BatchWorld> {
    const tenants = await makeTenantsDatabase();
    const api = await startTestApi({
      GREY_MASTER_KEY: parseMasterKeys(`k1:${'01'.repeat(32)}`),
      GREY_DATA_SOURCE_ALLOW: ['127.0.0.1'],
    });
    const world = new BatchWorld(api, tenants);
    for (const [at, id] of ids(20).entries())
      await world.send('POST', '/api/tenants', {
        ...{ id, name: id, tier: at % 2 === 0 ? 'basic' : 'gold', region: at < 10 ? 'eu' : 'us' },
        metadata: { ring: at < 3 ? '0' : '1' },
      });
    return world;
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.tenants.drop();
  }

  async send(method: string, target: string, body?: unknown): Promise<Loose> {
    const answer = await this.api.ask(method, target, body);
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A service whose tenants are on v1; without databases of theirs. */
  async plainService(id: string, members: readonly string[]): Promise<void> {
    await this.send('POST', '/api/services', { id });
    await this.send('POST', `/api/services/${id}/versions`, { version: 'v1', schemaMin: 0, schemaMax: 0 });
    await this.send('POST', `/api/services/${id}/versions`, { version: 'v2', schemaMin: 1 });
    for (const version of ['v1', 'v2'])
      await this.send('POST', '/api/registry/instances', {
        ...{ serviceId: id, instanceId: `${id}-${version}`, version, address: '127.0.0.1:9', ttlMs: 300_000 },
      });
    for (const tenantId of members)
      await this.send('PUT', `/api/tenants/${tenantId}/services/${id}`, { targetVersion: 'v1' });
  }

  /** The same with databases, and a set for v2; `broken` has something in the way of the first migration. */
  async service(id: string, members: readonly string[], broken: string | null, files = EXPANDING): Promise<void> {
    await this.plainService(id, members);
    await this.send('PUT', `/api/services/${id}/versions/v2/migrations`, {
      ...{ engine: 'postgres', files, schemaVersion: 1 },
    });
    for (const tenantId of members) {
      const schema = `${tenantId}_${id}`;
      const address = await this.tenants.addSchema(schema);
      await this.tenants.query(`CREATE TABLE ${schema}.orders (id int PRIMARY KEY)`);
      if (tenantId === broken) await this.tenants.query(`CREATE TABLE ${schema}.notes (other text)`);
      await this.send('POST', '/api/data-sources', { tenantId, serviceId: id, ...address });
    }
  }

  async begin(request: Loose): Promise<string> {
    const { planToken } = await this.send('POST', '/api/upgrade-batches/plan', request);
    return (await this.send('POST', '/api/upgrade-batches', { ...request, planToken })).id;
  }

  get(id: string): Promise<Loose> {
    return this.send('GET', `/api/upgrade-batches/${id}`);
  }

  until(id: string, want: object): Promise<Loose> {
    return vi.waitFor(async () => {
      const batch = await this.get(id);
      expect(batch, batch.sentence).toMatchObject(want);
      return batchSchema.parse(batch);
    }, patience);
  }

  async versionsOf(serviceId: string, members: readonly string[]): Promise<Record<string, string[]>> {
    const versions: Record<string, string[]> = {};
    for (const tenantId of members) {
      const { version } = await this.send('POST', '/api/grey-router/route', { tenantId, serviceName: serviceId });
      versions[version] = [...(versions[version] ?? []), tenantId];
    }
    return versions;
  }

  /** All events of a batch until the stream ends. */
  async watch(id: string): Promise<Loose[]> {
    const response = await fetch(`${this.api.url}/api/upgrade-batches/${id}/events`, {
      headers: { authorization: `Bearer ${this.api.adminToken}` },
    });
    const text = await response.text();
    return text
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)));
  }
}
