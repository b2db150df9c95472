import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { needsMariadb } from '@grey/testkit';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { backUp } from '../backup/back-up.ts';
import type { DataSourceAddress } from '../migration.ts';
import { makeAuthorities, needsOpenssl } from '../testing/make-authority.ts';
import { makeMigration } from '../testing/make-migration.ts';
import { useMariadbServer } from '../testing/mariadb-server.ts';
import { run } from '../testing/run.ts';
import { useTenantServer } from '../testing/tenant-server.ts';

describe('with `verify`', needsOpenssl(), () => {
  const authorities = makeAuthorities();
  const { ours, stranger } = authorities;
  const backups = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-tls-'));
  const usual = getCACertificates();
  afterEach(() => setDefaultCACertificates(usual));
  afterAll(() => {
    authorities.remove();
    rmSync(backups, { recursive: true, force: true });
  });

  const server = useTenantServer();
  test('a PostgreSQL is believed only by a certificate of ours for its name', async () => {
    const address = { ...(await server.makeTenant('tls')), host: 'localhost', tls: 'verify' } as const;
    await expectRefused(address, /does not speak TLS as demanded: The server does not support SSL/);
    const serve = async ({ certificate, key }: ReturnType<typeof ours.issue>) => {
      const put = (pem: string, file: string) =>
        server.query(
          `COPY (SELECT unnest(string_to_array('${pem.trim()}', E'\\n'))) TO PROGRAM 'umask 077; cat > ${file}'`,
        );
      await put(certificate, 'server.crt');
      await put(key, 'server.key');
      await server.query('ALTER SYSTEM SET ssl = on');
      await server.query('SELECT pg_reload_conf()');
    };
    await judge(address, serve);
    expect(await server.query('SELECT encrypted FROM tls.seen')).toEqual([{ encrypted: true }]);
  });

  describe('and a MariaDB', needsMariadb(), () => {
    const named = (file: string) => path.join(authorities.folder, file);
    ours.issue('localhost');
    const encrypting = useMariadbServer({
      settings: [`--ssl-cert=${named('server.crt')}`, `--ssl-key=${named('server.key')}`],
    });

    test('it is believed only by a certificate of ours for its name', async () => {
      const address = { ...(await encrypting.makeTenant('tls')), host: 'localhost', tls: 'verify' } as const;
      await judge(address, async () => void (await encrypting.query('FLUSH SSL')));
      await expectRefused({ ...address, host: '127.0.0.1' }, /an address without a name/);
    });
  });

  async function judge(
    address: DataSourceAddress,
    serve: (issued: ReturnType<typeof ours.issue>) => Promise<void>,
  ): Promise<void> {
    setDefaultCACertificates([ours.certificate]);
    await serve(ours.issue('elsewhere.example'));
    // A server may go on with what it had for a moment.
    await vi.waitFor(() => expectRefused(address, /elsewhere\.example/), { timeout: 20_000 });
    // The certificate proves the name; where to go was judged before, and is not looked up again.
    const judged = { ...address, host: 'elsewhere.example', connectTo: '127.0.0.1' };
    expect(await run(judged, [])).toMatchObject({ outcome: 'done' });
    expect(await copy(judged)).toMatchObject({ tables: [] });
    await serve(stranger.issue('localhost'));
    await vi.waitFor(() => expectRefused(address, /self-signed|unable to (get|verify)/), { timeout: 20_000 });
    await serve(ours.issue('localhost'));
    const seen = address.engine === 'postgres' ? SEEN : 'CREATE TABLE seen (id int)';
    const migration = makeMigration('0001', seen, 'DROP TABLE seen');
    await vi.waitFor(async () => expect(await run(address, [migration])).toMatchObject({ outcome: 'done' }), {
      timeout: 20_000,
    });
    expect(await copy(address)).toMatchObject({ tables: ['seen'] });
  }

  async function expectRefused(address: DataSourceAddress, sentence: RegExp): Promise<void> {
    const failure = { code: 'TLS_FAILED', message: expect.stringMatching(sentence) };
    expect(await run(address, [])).toMatchObject({ outcome: 'refused', failure });
    await expect(copy(address)).rejects.toMatchObject(failure);
  }

  function copy(address: DataSourceAddress) {
    const file = path.join(backups, `${address.engine}.gz`);
    const { signal } = new AbortController();
    return backUp({ address, tenantId: 't', serviceId: 's', tables: [], file, signal, method: 'copy' });
  }
});

const SEEN = 'CREATE TABLE seen AS SELECT ssl AS encrypted FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
