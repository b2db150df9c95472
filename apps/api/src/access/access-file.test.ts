import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessFile } from './access-file.ts';
import type { AccessState } from './access-state.ts';

const user = {
  id: 'u1',
  username: 'ada',
  name: 'Ada',
  role: 'VIEWER',
  tenantIds: [],
  isActive: true,
  mustChangePassword: false,
  tokenVersion: 2,
} as const;
const key = { id: 'k1', name: 'edge', secretHash: 'aa', scopes: ['route'], tenantIds: ['acme'] } as const;
const state: AccessState = {
  usersById: new Map([[user.id, user]]),
  apiKeysByHash: new Map([['aa', { ...key, expiresAt: new Date('2027-01-01T00:00:00.000Z') }]]),
  revokedTokenIds: new Set(['t1']),
};

describe('the access file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'grey-access-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives back what was saved, to its owner alone', async () => {
    await new AccessFile(folder).save(state);
    expect(await new AccessFile(folder).load()).toEqual(state);
    expect(statSync(path.join(folder, 'access.json')).mode & 0o777).toBe(0o600);
  });

  it('writes only what is new', async () => {
    const file = new AccessFile(folder);
    await file.save(state);
    rmSync(path.join(folder, 'access.json'));
    await file.save(state);
    expect(await file.load()).toBeUndefined();
    await file.save({ ...state, revokedTokenIds: new Set() });
    expect((await file.load())?.revokedTokenIds.size).toBe(0);
  });

  it.each(['', '{', '{"format":2}', '[]'])('takes %j for no file', async (text) => {
    writeFileSync(path.join(folder, 'access.json'), text);
    expect(await new AccessFile(folder).load()).toBeUndefined();
  });

  it('keeps no readable key', async () => {
    await new AccessFile(folder).save(state);
    expect(readFileSync(path.join(folder, 'access.json'), 'utf8')).not.toContain('grey_');
  });
});
