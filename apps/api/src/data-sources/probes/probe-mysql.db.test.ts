import { needsMariadb, type RunningMariadb, startMariadb } from '@grey/testkit';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSourceAddress } from '../data-source-address.ts';
import { classifyFailure } from './classify-failure.ts';
import { probeMysql } from './probe-mysql.ts';

describe('a look at a MariaDB database', needsMariadb(), () => {
  let server: RunningMariadb;

  beforeAll(async () => {
    server = await startMariadb();
    const root = await mysql.createConnection({ host: '127.0.0.1', port: server.port, user: server.user });
    for (const statement of [
      'CREATE DATABASE `sh_op`',
      "CREATE USER full@'%' IDENTIFIED BY 'pw'",
      'GRANT ALL PRIVILEGES ON `sh\\_op`.* TO full',
      "CREATE USER poor@'%' IDENTIFIED BY 'pw'",
      'GRANT SELECT, INSERT, UPDATE, DELETE, DROP ON `sh\\_op`.* TO poor',
    ])
      await root.query(statement);
    await root.end();
  });
  afterAll(() => server?.stop());

  const look = (more: Partial<DataSourceAddress> = {}) => {
    const where = { engine: 'mysql', host: 'db.example', port: server.port, database: 'sh_op', schema: null } as const;
    const address = { ...where, user: 'full', password: 'pw', tls: 'off', ...more } as const;
    return probeMysql(address, { address: '127.0.0.1', family: 4, isListed: true }, AbortSignal.timeout(20_000));
  };
  const failure = (more: Partial<DataSourceAddress>) =>
    look(more).then(
      () => 'OK',
      (error: unknown) => classifyFailure(error, false),
    );

  it('tells version and time, and what a schema upgrade would lack', async () => {
    expect(await look()).toEqual({
      ...{ latencyMs: expect.any(Number), serverVersion: expect.stringMatching(/^\d+\.\d+\.\d+-MariaDB$/) },
      ...{ hasSchema: null, missingPrivileges: [], tls: { isEncrypted: false, protocol: null, cipher: null } },
    });
    const missing = ['CREATE', 'ALTER', 'INDEX', 'REFERENCES'].map((one) => `${one} on the database`);
    expect((await look({ user: 'poor' })).missingPrivileges).toEqual(missing);
  });

  it('knows a wrong password, a database that is not there, and a server without TLS', async () => {
    expect(await failure({ password: 'wrong' })).toBe('AUTH_FAILED');
    expect(await failure({ user: 'nobody' })).toBe('AUTH_FAILED');
    expect(await failure({ database: 'nothing' })).toBe('DATABASE_UNKNOWN');
    expect(await failure({ tls: 'require' })).toBe('TLS_FAILED');
    expect(await failure({ tls: 'verify' })).toBe('TLS_FAILED');
    expect(await failure({ port: 1 })).toBe('REFUSED');
  });
});
