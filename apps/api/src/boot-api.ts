import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RedisLink } from '@grey/propagation';
import type { RouteListener } from '@grey/route-module';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { TokensService } from './access/tokens.service.ts';
import { AppModule } from './app.module.ts';
import type { Config } from './config/config.schema.ts';
import { PendingOverrides } from './emergency/pending-overrides.ts';
import { SettleOverrideService } from './emergency/settle-override.service.ts';
import { Database } from './infra/db/database.ts';
import { serveApiDocs } from './infra/http/api-docs.ts';
import { serveConsole } from './infra/http/console-files.ts';
import { traceRequest } from './infra/http/trace.ts';
import { REDIS_LINK } from './infra/redis/redis-link.token.ts';
import { createLogger, NestLogger } from './infra/telemetry/logger.ts';
import { openConfigurationOrLater } from './open-configuration.ts';
import { Publishing } from './publishing/publishing.service.ts';
import { RoutersService } from './routers/routers.service.ts';
import { Following } from './routing/following.ts';
import { LastGood } from './routing/last-good.ts';
import { RouterState } from './routing/router-state.ts';
import { ROUTE_LISTENER } from './routing/routing.providers.ts';
import { StreamHub } from './stream/stream-hub.ts';

/** A running API. */
export interface RunningApi {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly server: Server;
  /** Path of the file with the one-time password, when the first administrator was created by this start. */
  readonly passwordFile: string | undefined;
  /** Lets requests under way finish, ends streams, closes the database. */
  close(): Promise<void>;
}

/**
 * Brings the API up: what an earlier run left on disk, the configuration database, a snapshot, then the port. With a
 * snapshot on disk the database may be away: routing begins without it.
 *
 * @param config validated configuration
 * @throws Error when there is neither database nor snapshot, the database cannot be migrated, a route has no permission
 *   or the port is taken
 */
export async function bootApi(config: Config): Promise<RunningApi> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(config), {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(createLogger(config.GREY_LOG_LEVEL)),
  });
  let stopOpening = () => {};
  try {
    configureHttp(app, config);
    await app.get(TokensService).restore();
    await app.get(LastGood).start();
    await app.get(PendingOverrides).restore();
    await app.get<RedisLink | undefined>(REDIS_LINK)?.open();
    const { passwordFile, stop } = await openConfigurationOrLater(app, config);
    stopOpening = stop;
    await app.init();
    await app.get(RouterState).start();
    app.get(Publishing).start();
    app.get(Following).start();
    await app.get(PendingOverrides).start((override) => app.get(SettleOverrideService).settle(override));
    await app.get(RoutersService).start();
    const server = createServer(inFront(app));
    await listen(server, config);
    const closeApi = () => {
      stopOpening();
      return close(app, server);
    };
    return { url: urlOf(server, config), app, server, passwordFile, close: closeApi };
  } catch (error) {
    stopOpening();
    await app.close().catch(() => undefined);
    throw error;
  }
}

function configureHttp(app: NestExpressApplication, config: Config): void {
  app.disable('x-powered-by');
  // Entity tags are row versions here, not hashes of bodies.
  app.disable('etag');
  app.use(traceRequest);
  app.use(
    helmet({
      contentSecurityPolicy: {
        // Mantine and Swagger UI set styles from scripts; plain HTTP on a private network must keep working.
        directives: { 'style-src': ["'self'", "'unsafe-inline'"], 'upgrade-insecure-requests': null },
      },
      strictTransportSecurity: false,
    }),
  );
  app.use(serveApiDocs);
  if (config.GREY_CONSOLE_DIR !== undefined) serveConsole(app, config.GREY_CONSOLE_DIR);
}

/** /route is answered from memory before Express sees the request; everything else goes on to Nest. */
function inFront(app: NestExpressApplication): RequestListener {
  const answersRoute = app.get<RouteListener>(ROUTE_LISTENER);
  const behind = app.getHttpAdapter().getInstance() as RequestListener;
  return (request, response) => {
    if (!answersRoute(request, response)) behind(request, response);
  };
}

function listen(server: Server, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.GREY_PORT, config.GREY_HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, config: Config): string {
  const host = config.GREY_HOST.includes(':') ? `[${config.GREY_HOST}]` : config.GREY_HOST;
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

/** How long requests under way may take to finish after the end was asked for, in milliseconds. */
const DRAIN_MS = 5_000;

async function close(app: NestExpressApplication, server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  app.get(StreamHub).close();
  // Whoever is left after the time to finish is cut off.
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  app.get(RouterState).stop();
  server.closeIdleConnections();
  await closed;
  clearTimeout(timer);
  await app.get(RoutersService).stop();
  await app.close();
  await app.get(Database).close();
}
