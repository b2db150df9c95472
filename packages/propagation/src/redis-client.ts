import { Cluster, Redis } from 'ioredis';
import type { RedisSettings } from './redis-settings.ts';

/** One connection of ioredis: to a server, to whatever master the Sentinels name, or to all nodes of a Cluster. */
export type RedisClient = Redis | Cluster;

export interface ClientOptions {
  readonly name: string;
  readonly commandTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

const LONGEST_WAIT_MS = 1_000;

/** For ever, as a router must come back by itself: 50 ms doubling to 1 s, with jitter against a herd. */
export function reconnectDelayMs(attempt: number): number {
  const wait = Math.min(50 * 2 ** Math.min(attempt - 1, 10), LONGEST_WAIT_MS);
  return Math.round(wait * (0.75 + Math.random() * 0.5));
}

/** Opens nothing yet: the client connects when told to. */
export function createRedisClient(settings: RedisSettings, options: ClientOptions): RedisClient {
  const { username, password, isTls } = settings;
  const shared = {
    connectionName: options.name,
    commandTimeout: options.commandTimeoutMs,
    // A server that accepts and then says nothing (stopped, or its host gone) holds a connection open for minutes.
    socketTimeout: options.commandTimeoutMs + 3_000,
    connectTimeout: options.connectTimeoutMs,
    // What cannot be sent now fails now; the caller knows whether to repeat it.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    protocol: 2 as const,
    replyMapping: 'legacy' as const,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isTls ? { tls: {} } : {}),
  };
  if (settings.kind === 'cluster') {
    return new Cluster(
      settings.nodes.map(({ host, port }) => ({ host, port })),
      {
        lazyConnect: true,
        enableOfflineQueue: false,
        redisOptions: shared,
        clusterRetryStrategy: reconnectDelayMs,
        clusterNodeRetryStrategy: reconnectDelayMs,
        slotsRefreshTimeout: options.connectTimeoutMs,
      },
    );
  }
  const single = {
    ...shared,
    db: settings.db,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
  };
  if (settings.kind === 'standalone') return new Redis({ ...single, ...settings.address });
  return new Redis({
    ...single,
    sentinels: settings.sentinels.map(({ host, port }) => ({ host, port })),
    name: settings.masterName,
    sentinelRetryStrategy: reconnectDelayMs,
    sentinelCommandTimeout: options.commandTimeoutMs,
    enableTLSForSentinelMode: isTls,
    failoverDetector: true,
    // A master that was demoted answers READONLY: ask the Sentinels again.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  });
}
