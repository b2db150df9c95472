import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { BackupRetention } from './backup-retention.ts';
import type { BackupRow } from './backup-row.ts';
import type { BackupsStore } from './backups.store.ts';

test('what another machine keeps for now does not stand before what is ours', async () => {
  const rows = Array.from({ length: 450 }, (_, at) => ({
    ...{ id: String(at).padStart(4, '0'), place: null, expiresAt: new Date() },
    host: at < 420 ? 'elsewhere' : hostname(),
  })) as BackupRow[];
  const expired: string[] = [];
  const store: Pick<BackupsStore, 'listExpired' | 'expire'> = {
    listExpired: async (after = '', limit) =>
      rows.filter(({ id }) => id > after && !expired.includes(id)).slice(0, limit),
    expire: async (id) => void expired.push(id),
  };
  expect(await new BackupRetention(store as BackupsStore, '/nowhere').expire()).toBe(30);
  expect(expired[0]).toBe('0420');
});
