import { fileURLToPath } from 'node:url';
import { type INestApplication, Logger } from '@nestjs/common';
import { AccessStore } from './access/access.store.ts';
import { createFirstAdmin } from './access/create-first-admin.ts';
import { TokensService } from './access/tokens.service.ts';
import { ChangesService } from './changes/changes.service.ts';
import type { Config } from './config/config.schema.ts';
import { applyMigrations } from './infra/db/apply-migrations.ts';
import { isUnavailable } from './infra/db/database-errors.ts';
import { findMigrations } from './infra/db/find-migrations.ts';
import { RouterState } from './routing/router-state.ts';

const RETRY_MS = 2_000;

/**
 * Connects the process to the configuration database: migrations, log, tokens, first administrator.
 *
 * @returns path of the file with the one-time password, when the first administrator was created now
 * @throws Error when the database cannot be reached or migrated
 */
export async function openConfiguration(app: INestApplication, config: Config): Promise<string | undefined> {
  await applyMigrations(config.GREY_DATABASE_URL, findMigrations(fileURLToPath(import.meta.url)));
  await app.get(ChangesService).open(app.get(RouterState).snapshot?.position);
  await app.get(TokensService).start();
  const passwordFile = await createFirstAdmin(
    app.get(ChangesService),
    app.get(AccessStore),
    config.GREY_DATA_DIR,
    !config.GREY_DEMO,
  );
  await app.get(TokensService).refresh();
  return passwordFile;
}

/**
 * The same for a process that has a snapshot of an earlier run: routing must not wait for PostgreSQL, so what cannot be
 * opened now is tried again in the background until it can.
 *
 * @returns what {@link openConfiguration} returns, and the way to stop trying
 * @throws Error when there is no snapshot to answer from, or the fault will not pass by itself
 */
export async function openConfigurationOrLater(
  app: INestApplication,
  config: Config,
): Promise<{ passwordFile: string | undefined; stop: () => void }> {
  try {
    return { passwordFile: await openConfiguration(app, config), stop: () => undefined };
  } catch (error) {
    if (!isUnavailable(error) || app.get(RouterState).snapshot === undefined) throw error;
    const logger = new Logger('start');
    logger.warn({ err: error, msg: 'PostgreSQL is away; routing goes on from the last good snapshot' });
    const timer = setInterval(() => void retry(), RETRY_MS);
    let isTrying = false;
    const retry = async () => {
      if (isTrying) return;
      isTrying = true;
      try {
        await openConfiguration(app, config);
        clearInterval(timer);
        // What was written between its load and now would otherwise be missed until the next change.
        app.get(RouterState).reload();
        logger.log('PostgreSQL is back');
      } catch (failure) {
        if (!isUnavailable(failure)) logger.error({ err: failure, msg: 'the configuration cannot be opened' });
      } finally {
        isTrying = false;
      }
    };
    return { passwordFile: undefined, stop: () => clearInterval(timer) };
  }
}
