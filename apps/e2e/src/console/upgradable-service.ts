import pg from 'pg';
import type { Product } from '../start-product.ts';
import { startTinyInstance, type TinyInstance } from '../tiny-instance.ts';

export interface UpgradableService {
  readonly serviceId: string;
  /** One schema per tenant, by its index: `s0`, `s1`, … with a table `orders` each. */
  readonly database: pg.Client;
  /** Takes away what was made for it, as far as the product lets go of it. */
  remove(): Promise<void>;
}

const file = (name: string, text: string) => ({ path: `V2.0.0/${name}.sql`, text });
const migrations = [
  file('0001_add_email.up', 'ALTER TABLE orders ADD COLUMN email text;'),
  file('0001_add_email.down', 'ALTER TABLE orders DROP COLUMN email;'),
  file('0002_fill_email.migrate.up', 'UPDATE orders SET email = contact;'),
  file('0002_fill_email.migrate.down', 'UPDATE orders SET email = NULL;'),
  file(
    '0003_require_email.migrate.up',
    '-- grey: no-transaction\nALTER TABLE orders ADD CONSTRAINT email_given CHECK (email IS NOT NULL) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT email_given;',
  ),
  file('0003_require_email.migrate.down', 'ALTER TABLE orders DROP CONSTRAINT email_given;'),
  file(
    '0004_drop_contact.contract.up',
    '-- grey: irreversible backups have it\n-- grey: accept DATA_LOSS version 2 does not read it\nALTER TABLE orders DROP COLUMN contact;',
  ),
];

/** A service whose version 2.0.0 brings migrations, with both versions running and tenants on 1.0.0. */
export async function makeUpgradable(
  { call, postgres }: Product,
  serviceId: string,
  tenantIds: readonly string[],
): Promise<UpgradableService> {
  const name = serviceId.replaceAll('-', '_');
  await postgres.ensureDatabase(name);
  const place = { host: '127.0.0.1', port: postgres.port, user: 'postgres', database: name };
  const database = new pg.Client(place);
  await database.connect();
  await call('POST', '/api/services', { id: serviceId });
  await call('POST', `/api/services/${serviceId}/versions`, { version: '1.0.0', schemaMin: 1, schemaMax: 1 });
  await call('POST', `/api/services/${serviceId}/versions`, { version: '2.0.0', schemaMin: 2 });
  await call('PUT', `/api/services/${serviceId}/versions/2.0.0/migrations`, {
    engine: 'postgres',
    schemaVersion: 2,
    files: migrations,
  });
  const instances: TinyInstance[] = [];
  for (const version of ['1.0.0', '2.0.0'])
    instances.push(await startTinyInstance(call, { serviceId, version, instanceId: `${serviceId}-${version}` }));
  const sources: string[] = [];
  for (const [index, tenantId] of tenantIds.entries()) {
    const schema = `s${index}`;
    await database.query(
      `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.orders (id int PRIMARY KEY, contact text);
       INSERT INTO ${schema}.orders SELECT n, 'c' || n FROM generate_series(1, 20) AS n`,
    );
    await call('POST', '/api/tenants', { id: tenantId, name: tenantId });
    await call('PUT', `/api/tenants/${tenantId}/services/${serviceId}/version`, { targetVersion: '1.0.0' });
    const source = { tenantId, serviceId, engine: 'postgres', ...place, schema, tls: 'off', password: 'not asked for' };
    sources.push((await call<{ id: string }>('POST', '/api/data-sources', source)).id);
  }
  return {
    serviceId,
    database,
    remove: async () => {
      await database.end();
      for (const instance of instances) await instance.kill();
      for (const id of sources) await call('DELETE', `/api/data-sources/${id}`);
      for (const id of tenantIds) await call('DELETE', `/api/tenants/${id}`, {});
    },
  };
}
