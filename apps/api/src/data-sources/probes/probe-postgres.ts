import { Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';
import type { DataSourceAddress } from '../data-source-address.ts';
import { type Probe, versionIn, wordIn } from './probe.ts';

interface Rights {
  readonly isThere: boolean;
  readonly hasUsage: boolean | null;
  readonly hasCreate: boolean | null;
  readonly mayMakeSchemas: boolean;
  readonly foreignCount: number;
}

/** One look at a PostgreSQL database. */
export const probePostgres: Probe = async (address, target, signal) => {
  const { port, database, schema, user, password } = address;
  const socket = new Socket();
  const client = new pg.Client({
    host: target.address,
    port,
    database,
    user,
    password,
    ssl: tlsOf(address),
    stream: () => socket,
    application_name: 'grey-router connection test',
  });
  client.on('error', () => undefined);
  const cut = () => socket.destroy();
  signal.addEventListener('abort', cut, { once: true });
  const startedAt = performance.now();
  try {
    await client.connect();
    const latencyMs = Math.round(performance.now() - startedAt);
    const version = await client.query('SHOW server_version');
    const tls = await client.query('SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    const rights = await client.query<Rights>(rightsOf, [schema]);
    const found = {
      latencyMs,
      serverVersion: versionIn(version.rows[0]?.server_version),
      hasSchema: schema === null ? null : rights.rows[0]?.isThere === true,
      missingPrivileges: missingOf(rights.rows[0] as Rights, schema),
      tls: {
        isEncrypted: tls.rows[0]?.ssl === true,
        protocol: wordIn(tls.rows[0]?.version),
        cipher: wordIn(tls.rows[0]?.cipher),
      },
    };
    // Said goodbye to, the server does not log a broken connection.
    await client.end();
    return found;
  } finally {
    signal.removeEventListener('abort', cut);
    socket.destroy();
  }
};

/** Without a schema of its own the one that tables would be made in counts. */
const rightsOf = `
  SELECT n.oid IS NOT NULL AS "isThere", has_schema_privilege(n.oid, 'USAGE') AS "hasUsage",
    has_schema_privilege(n.oid, 'CREATE') AS "hasCreate",
    has_database_privilege(current_database(), 'CREATE') AS "mayMakeSchemas",
    (SELECT count(*)::int FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND NOT pg_has_role(c.relowner, 'USAGE')) AS "foreignCount"
  FROM (SELECT coalesce($1::text, current_schema(), 'public') AS name) AS w LEFT JOIN pg_namespace n ON n.nspname = w.name`;

function missingOf({ isThere, hasUsage, hasCreate, mayMakeSchemas, foreignCount }: Rights, schema: string | null) {
  const where = schema === null ? 'the default schema' : 'the schema';
  if (!isThere) return mayMakeSchemas ? [] : ['CREATE on the database, to make the schema'];
  return [
    ...(hasUsage ? [] : [`USAGE on ${where}`]),
    ...(hasCreate ? [] : [`CREATE on ${where}`]),
    ...(foreignCount > 0 ? [`ownership of ${foreignCount} tables, views or sequences in ${where}`] : []),
  ];
}

function tlsOf({ tls, host }: DataSourceAddress): pg.ClientConfig['ssl'] {
  if (tls === 'off') return false;
  if (tls === 'require') return { rejectUnauthorized: false };
  // The driver knows the address only; the certificate is for the name.
  const isName = !/^[\d.]+$|:/.test(host);
  return {
    rejectUnauthorized: true,
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    ...(isName ? { servername: host } : {}),
  };
}
