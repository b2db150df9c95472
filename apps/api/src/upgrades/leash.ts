import { type TenantDatabase, type TenantSession, UpgradeError } from '@grey/schema-upgrades';

/**
 * A database that goes away when the signal comes: sessions are cut and none is opened any more. A run on it ends as if its
 * process had been killed, and takes nothing back: whoever has the claim now goes on from the ledger.
 */
export function leash(database: TenantDatabase, lost: AbortSignal): TenantDatabase {
  return {
    engine: database.engine,
    label: database.label,
    async openSession(): Promise<TenantSession> {
      if (lost.aborted) throw gone(database.label);
      const session = await database.openSession();
      const cut = () => void session.close();
      lost.addEventListener('abort', cut, { once: true });
      // It may have come while the session was being opened.
      if (lost.aborted) {
        await session.close();
        throw gone(database.label);
      }
      const close = session.close.bind(session);
      session.close = () => {
        lost.removeEventListener('abort', cut);
        return close();
      };
      return session;
    },
  };
}

function gone(label: string): UpgradeError {
  return new UpgradeError('DATABASE_GONE', `${label}: this worker lost its claim and lets go`);
}
