import { Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.ts';

/** The smallest question to the database. */
@Injectable()
export class DatabasePingStore {
  constructor(private readonly database: Database) {}

  ping(): Promise<unknown> {
    return this.database.run((client) => client.$queryRaw`SELECT 1`);
  }
}
