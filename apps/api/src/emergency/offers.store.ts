import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../infra/db/database.ts';

/** Remembers which plan a caller was shown for a request, so that the same request again confirms it, at any replica. */
@Injectable()
export class OffersStore {
  constructor(private readonly database: Database) {}

  async keep(callerId: string, requestHash: string, planToken: string, expiresAt: Date): Promise<void> {
    await this.database.run(async (client) => {
      await client.$executeRaw`DELETE FROM rollback_offers WHERE expires_at < clock_timestamp()`;
      await client.$executeRaw`
        INSERT INTO rollback_offers (caller_id, request_hash, plan_token, expires_at)
        VALUES (${callerId}, ${requestHash}, ${planToken}, ${expiresAt})
        ON CONFLICT (caller_id, request_hash) DO UPDATE
          SET plan_token = EXCLUDED.plan_token, expires_at = EXCLUDED.expires_at`;
    });
  }

  /** The token of the plan that was shown; it is gone with this, so that a third request asks again. */
  async take(tx: Transaction, callerId: string, requestHash: string): Promise<string | undefined> {
    const [row] = await tx.$queryRaw<{ token: string }[]>`
      DELETE FROM rollback_offers WHERE caller_id = ${callerId} AND request_hash = ${requestHash}
        AND expires_at > clock_timestamp() RETURNING plan_token AS token`;
    return row?.token;
  }
}
