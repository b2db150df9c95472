import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findSystemPostgres, needsSystemPostgres, type RunningPostgres, startPostgres } from '@grey/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVERYTHING } from '../testing/everything.ts';
import { makeMigration } from '../testing/make-migration.ts';
import { BROKEN_SET, PREFERENCES_SET } from '../testing/preferences-set.ts';
import { dump, run } from '../testing/run.ts';
import { addressOf, useTenantServer } from '../testing/tenant-server.ts';

describe("on the distribution's PostgreSQL", needsSystemPostgres(), () => {
  const embedded = useTenantServer();
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'grey-schema-upgrades-'));
  let older: RunningPostgres | undefined;
  beforeAll(async () => {
    const found = findSystemPostgres();
    if ('reason' in found) return;
    const { programFolder } = found;
    older = await startPostgres({ dataDir: path.join(folder, 'data'), isDurable: false, programFolder });
  });
  afterAll(async () => {
    await older?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a dump is the same text as on the embedded one, but for how a server prints the view', async () => {
    const everything = makeMigration('0001', EVERYTHING.replaceAll('$s', 'public'), 'SELECT 1');
    const texts = [];
    for (const address of [addressOf(older?.url() ?? '', 'public'), embedded.addressOf('public')]) {
      expect(await run(address, [everything])).toMatchObject({ outcome: 'done' });
      // From 16 on the columns of a view of one table are printed without its name.
      texts.push((await dump(address)).replace(/^view adults:[^;]*;\n/m, 'view adults\n'));
    }
    expect(texts[0]).toContain('policy own on people');
    expect(texts[0]).toContain('\nview adults\n');
    expect(texts[0]).toBe(texts[1]);
  });

  test('a set goes up and down, and one that fails is taken back', async () => {
    await older?.ensureDatabase('sets');
    const address = addressOf(older?.url('sets') ?? '', 'public');
    const before = await dump(address);
    expect(await run(address, BROKEN_SET)).toMatchObject({ outcome: 'taken-back' });
    expect(await dump(address)).toBe(before);
    expect(await run(address, PREFERENCES_SET)).toMatchObject({ outcome: 'done' });
    expect(await run(address, PREFERENCES_SET, { direction: 'down' })).toMatchObject({ outcome: 'done' });
    expect(await dump(address)).toBe(before);
  });
});
