import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';
import { ApiError } from '../infra/http/api-error.ts';

/** How long PostgreSQL may hold up a plan, in milliseconds. */
const PATIENCE_MS = 1_000;

/** Offers that this process remembers itself, for when PostgreSQL is away. */
const REMEMBERED = 1_000;

/** Remembers which plan a caller was shown for a request, so that the same request again confirms it, at any replica. */
@Injectable()
export class OffersStore {
  readonly #remembered = new Map<string, { readonly planToken: string; readonly expiresAt: Date }>();

  constructor(private readonly database: Database) {}

  /** With PostgreSQL away this process alone knows of it. */
  async keep(callerId: string, requestHash: string, planToken: string, expiresAt: Date): Promise<void> {
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(`${callerId} ${requestHash}`, { planToken, expiresAt });
    const keeping = this.database.run(async (client) => {
      await client.$executeRaw`DELETE FROM rollback_offers WHERE expires_at < clock_timestamp()`;
      await client.$executeRaw`
        INSERT INTO rollback_offers (caller_id, request_hash, plan_token, expires_at)
        VALUES (${callerId}, ${requestHash}, ${planToken}, ${expiresAt})
        ON CONFLICT (caller_id, request_hash) DO UPDATE
          SET plan_token = EXCLUDED.plan_token, expires_at = EXCLUDED.expires_at`;
    });
    await inTime(keeping);
  }

  /** The token of the plan that was shown; it is gone with this, so that a third request asks again. */
  async take(tx: Transaction, callerId: string, requestHash: string): Promise<string | undefined> {
    const [row] = await tx.$queryRaw<{ token: string }[]>`
      DELETE FROM rollback_offers WHERE caller_id = ${callerId} AND request_hash = ${requestHash}
        AND expires_at > clock_timestamp() RETURNING plan_token AS token`;
    return row?.token;
  }

  /** The same without PostgreSQL: what this process itself has shown. */
  recall(callerId: string, requestHash: string): string | undefined {
    const key = `${callerId} ${requestHash}`;
    const offer = this.#remembered.get(key);
    this.#remembered.delete(key);
    return offer !== undefined && offer.expiresAt > new Date() ? offer.planToken : undefined;
  }
}

/** The plan is answered anyway: it carries a token of its own. */
async function inTime(keeping: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  const kept = keeping.catch((error) => {
    if (!(error instanceof ApiError) || error.code !== 'DATABASE_UNAVAILABLE') throw error;
  });
  await Promise.race([kept, late]);
  clearTimeout(timer);
}
