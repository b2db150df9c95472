import { needsMariadb } from '@grey/testkit';
import { describe, expect, test } from 'vitest';
import { ACCOUNTS_SET, BROKEN_ACCOUNTS_SET } from '../testing/accounts-set.ts';
import { killEverywhere } from '../testing/kill-everywhere.ts';
import { useMariadbServer } from '../testing/mariadb-server.ts';
import { BROKEN_SET, PREFERENCES_SET } from '../testing/preferences-set.ts';
import { useTenantServer } from '../testing/tenant-server.ts';

describe('a runner on PostgreSQL', () => {
  const { makeTenant, query } = useTenantServer();

  test('killed before, during or after any statement it goes on to exactly the new schema', async () => {
    const checkRows = async (tenant: string, where: string) => {
      const done = await query(`SELECT name, n FROM ${tenant}.done ORDER BY name DESC`);
      expect(done, where).toEqual([
        { name: 'before', n: 2 },
        { name: 'after', n: 2 },
      ]);
    };
    await killEverywhere({ migrations: PREFERENCES_SET, outcome: 'done', prefix: 'up', makeTenant, checkRows });
  });

  test('killed on the way back of a set that fails it ends at exactly the old schema', async () => {
    const some = { since: 'taking-back', every: 4 };
    await killEverywhere({ migrations: BROKEN_SET, outcome: 'taken-back', prefix: 'back', makeTenant, ...some });
  });
});

describe('a runner on MariaDB', needsMariadb(), () => {
  const { makeTenant, query } = useMariadbServer();

  test('killed before, during or after any statement it goes on to exactly the new schema', async () => {
    const checkRows = async (tenant: string, where: string) =>
      expect(await query(`SELECT n FROM ${tenant}.done`), where).toEqual([{ n: 2 }]);
    await killEverywhere({ migrations: ACCOUNTS_SET, outcome: 'done', prefix: 'up', makeTenant, checkRows });
  });

  test('killed on the way back of a set that fails it ends at exactly the old schema', async () => {
    const some = { since: 'taking-back', every: 5 };
    await killEverywhere({
      migrations: BROKEN_ACCOUNTS_SET,
      outcome: 'taken-back',
      prefix: 'back',
      makeTenant,
      ...some,
    });
  });
});
