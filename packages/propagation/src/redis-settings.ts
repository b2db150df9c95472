/** Where Redis is and how to get in. Parsed from one URL, see `parseRedisUrl`. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly username?: string;
  readonly password?: string;
  readonly isTls: boolean;
}

export type RedisSettings =
  | (Access & { readonly kind: 'standalone'; readonly address: RedisAddress; readonly db: number })
  | (Access & {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisAddress[];
      readonly masterName: string;
      readonly db: number;
    })
  | (Access & { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] });

/** The URL cannot be understood. The message says what to write and never repeats the URL, which may hold a password. */
export class RedisUrlError extends Error {
  readonly code = 'REDIS_URL_INVALID';

  constructor(reason: string) {
    super(reason);
    this.name = 'RedisUrlError';
  }
}

const FORMS =
  'redis://[user:password@]host[:port][/db], rediss://… (TLS), ' +
  'redis+sentinel://[user:password@]host:port,host:port/master-name[/db] or redis+cluster://[user:password@]host:port,host:port';
const SCHEMES = new Map([
  ['redis', { kind: 'standalone', isTls: false }],
  ['rediss', { kind: 'standalone', isTls: true }],
  ['redis+sentinel', { kind: 'sentinel', isTls: false }],
  ['rediss+sentinel', { kind: 'sentinel', isTls: true }],
  ['redis+cluster', { kind: 'cluster', isTls: false }],
  ['rediss+cluster', { kind: 'cluster', isTls: true }],
] as const);
const DEFAULT_PORT = { standalone: 6379, sentinel: 26_379, cluster: 6379 } as const;

/**
 * Reads the address of a Redis: one server, a set of Sentinels, or a Cluster. User and password are percent-encoded; with
 * Sentinel they are the ones of Redis, not of the Sentinels.
 * @throws RedisUrlError
 */
export function parseRedisUrl(url: string): RedisSettings {
  const [, scheme = '', access, hosts = '', path = ''] =
    /^([a-z+]+):\/\/(?:([^@/]*)@)?([^/?#]*)(?:\/([^?#]*))?$/i.exec(url.trim()) ?? [];
  const form = SCHEMES.get(scheme.toLowerCase() as 'redis');
  if (form === undefined) throw new RedisUrlError(`A Redis URL has one of these forms: ${FORMS}`);
  const { kind, isTls } = form;
  const shared = { isTls, ...readAccess(access) };
  const addresses = hosts.split(',').map((text) => readAddress(text, DEFAULT_PORT[kind]));
  const parts = path.split('/').filter((part) => part !== '');
  if (kind === 'cluster') {
    if (parts.length > 0)
      throw new RedisUrlError('A Redis Cluster has only database 0: leave out what follows the hosts');
    return { kind, ...shared, nodes: addresses };
  }
  if (kind === 'standalone') {
    if (addresses.length > 1) {
      throw new RedisUrlError('Several hosts need redis+sentinel:// or redis+cluster:// in front of them');
    }
    if (parts.length > 1) throw new RedisUrlError('After the host comes only the number of the database');
    return { kind, ...shared, address: addresses[0]!, db: readDb(parts[0]) };
  }
  const [masterName, db, ...rest] = parts;
  if (masterName === undefined) throw new RedisUrlError('The name of the master is missing: …host:port/master-name');
  if (rest.length > 0) throw new RedisUrlError('After the name of the master comes only the number of the database');
  return { kind, ...shared, sentinels: addresses, masterName: decode(masterName), db: readDb(db) };
}

/** What may be shown of a Redis: kind and addresses, no secrets. */
export function describeRedis(settings: RedisSettings): string {
  const join = (list: readonly RedisAddress[]) => list.map(({ host, port }) => `${host}:${port}`).join(', ');
  if (settings.kind === 'standalone') return `Redis at ${join([settings.address])}`;
  if (settings.kind === 'cluster') return `Redis Cluster at ${join(settings.nodes)}`;
  return `Redis master ${settings.masterName} of the Sentinels at ${join(settings.sentinels)}`;
}

function readAccess(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined || text === '') return {};
  const colon = text.indexOf(':');
  const username = decode(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decode(text.slice(colon + 1));
  if (password === '') throw new RedisUrlError('A user without a password: write user:password@ or :password@');
  return { ...(username === '' ? {} : { username }), password };
}

function readAddress(text: string, defaultPort: number): RedisAddress {
  const [, v6, name, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::(\d+))?$/i.exec(text.trim()) ?? [];
  const host = v6 ?? name;
  if (host === undefined) throw new RedisUrlError(`A host is missing or malformed; ${FORMS}`);
  const number = port === undefined ? defaultPort : Number(port);
  if (number < 1 || number > 65_535) throw new RedisUrlError('A port lies between 1 and 65535');
  return { host, port: number };
}

function readDb(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,3}$/.test(text)) throw new RedisUrlError('The number of the database is a whole number, usually 0 … 15');
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlError('User, password or name of the master is not percent-encoded properly (a % stands as %25)');
  }
}
