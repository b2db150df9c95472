import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ChangesService } from '../changes/changes.service.ts';
import { writePrivateFile } from '../infra/files/write-private-file.ts';
import type { AccessStore } from './access.store.ts';
import { hashPassword, makePassword } from './passwords.ts';
import { itemOfUser, showUser } from './users.service.ts';

/** Serialises the first start of several replicas. */
const FIRST_ADMIN_LOCK = 7_270_001;
const atStart = { kind: 'system', id: 'start', name: 'first start' } as const;

/**
 * When there is no user at all, creates `admin` with a one-time password and leaves it in `admin-password`, readable by
 * the owner alone. The file is on disk before the user is in the database: a password nobody can read locks everyone out.
 *
 * @param mustChangePassword false in demo mode, where a login should work again and again
 * @returns the path of the file when a user was created, otherwise undefined
 */
export async function createFirstAdmin(
  changes: ChangesService,
  store: AccessStore,
  dataDir: string,
  mustChangePassword: boolean,
): Promise<string | undefined> {
  if ((await store.countUsers()) > 0) return undefined;
  const file = path.resolve(dataDir, 'admin-password');
  const password = makePassword();
  const passwordHash = await hashPassword(password);
  const created = await changes.commit({ kind: 'user.created', actor: atStart, reason: 'First start' }, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_ADMIN_LOCK}::bigint)`;
    if ((await store.lockUsers(tx)).length > 0) return { items: [], answer: () => undefined };
    await writePrivateFile(file, `${password}\n`);
    const user = await store.insertUser(tx, {
      id: randomUUID(),
      username: 'admin',
      name: 'First administrator',
      role: 'GREY_ROUTER_ADMIN',
      tenantIds: [],
      isActive: true,
      passwordHash,
      mustChangePassword,
    });
    return { items: [itemOfUser(user.id, null, showUser(user))], answer: () => file };
  });
  return created as string | undefined;
}
