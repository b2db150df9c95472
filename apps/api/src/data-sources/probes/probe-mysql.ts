import { connect } from 'node:net';
import mysql, { type Connection, type RowDataPacket, type SslOptions } from 'mysql2';
import type { Connection as PromisedConnection } from 'mysql2/promise';
import type { DataSourceAddress } from '../data-source-address.ts';
import { missingGrants } from './missing-grants.ts';
import { type Probe, versionIn, wordIn } from './probe.ts';

/** One look at a MySQL or MariaDB database. */
export const probeMysql: Probe = async (address, target, signal) => {
  const { host, port, database, user, password } = address;
  const startedAt = performance.now();
  const socket = connect({ host: target.address, port, family: target.family });
  const cut = () => socket.destroy(Object.assign(new Error('cut'), { code: 'ETIMEDOUT' }));
  signal.addEventListener('abort', cut, { once: true });
  try {
    const core = mysql.createConnection({
      // The name is for the certificate; the socket goes to the address that was judged.
      host,
      stream: socket,
      port,
      user,
      password,
      database,
      flags: ['-LOCAL_FILES'],
      ...tlsOf(address),
    });
    // An error after the one that ended the login would otherwise end the process.
    core.on('error', () => undefined);
    await login(core);
    const connection = core.promise();
    const latencyMs = Math.round(performance.now() - startedAt);
    const [[version]] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
    const [status] = await connection.query<RowDataPacket[]>(
      "SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_version', 'Ssl_cipher')",
    );
    const grants = await readGrants(connection, String(version?.['version']));
    const statusOf = (name: string) => wordIn(status.find((row) => row['Variable_name'] === name)?.['Value']);
    const found = {
      latencyMs,
      serverVersion: versionIn(String(version?.['version']).replace(/^5\.5\.5-/, '')),
      hasSchema: null,
      missingPrivileges: missingGrants(grants, database),
      tls: {
        isEncrypted: statusOf('Ssl_cipher') !== null,
        protocol: statusOf('Ssl_version'),
        cipher: statusOf('Ssl_cipher'),
      },
    };
    core.destroy();
    return found;
  } finally {
    signal.removeEventListener('abort', cut);
    socket.destroy();
  }
};

function login(core: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    core.connect((error) => (error === null ? resolve() : reject(error)));
  });
}

/** MariaDB lists those of the roles in force; MySQL lists them when it is asked with the names of the roles. */
async function readGrants(connection: PromisedConnection, version: string): Promise<string[]> {
  const [own] = await connection.query<RowDataPacket[]>('SHOW GRANTS');
  if (version.includes('MariaDB') || /^5\./.test(version)) return linesOf(own);
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT CURRENT_ROLE() AS roles');
  const roles = String(row?.['roles'] ?? 'NONE');
  // As the server itself quotes them; another form is not put into a statement.
  if (!/^`[^`]+`@`[^`]+`(,`[^`]+`@`[^`]+`)*$/.test(roles)) return linesOf(own);
  const [all] = await connection.query<RowDataPacket[]>(`SHOW GRANTS FOR CURRENT_USER() USING ${roles}`);
  return linesOf(all);
}

function linesOf(rows: RowDataPacket[]): string[] {
  return rows.map((row) => String(Object.values(row)[0]));
}

function tlsOf({ tls }: DataSourceAddress): { ssl?: SslOptions } {
  if (tls === 'off') return {};
  if (tls === 'require') return { ssl: { rejectUnauthorized: false } };
  return { ssl: { rejectUnauthorized: true, verifyIdentity: true } };
}
