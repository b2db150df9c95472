import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pickFreePort, type RunningPostgres, startPostgres } from '@grey/testkit';
import { type CallProduct, callerFor } from './call-product.ts';
import { apiProgram, endProcess, launchApi } from './launch-api.ts';

const repository = path.resolve(import.meta.dirname, '../../..');

interface Session {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly mustChangePassword: boolean;
}

/** Another process of the API on the same database. */
export interface Replica {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The built product on a fresh database: embedded PostgreSQL, the API with the console on one port. */
export interface Product {
  readonly url: string;
  readonly adminPassword: string;
  /** A session of the administrator. */
  readonly session: Session;
  /** Calls the API as the administrator. */
  readonly call: CallProduct;
  /** The server of the product's own database; databases of tenants may lie on it too. */
  readonly postgres: Pick<RunningPostgres, 'port' | 'ensureDatabase'>;
  stopApi(): Promise<void>;
  /** Starts the API again on the same port and database. */
  startApi(): Promise<void>;
  /** Ends with the product, unless it was stopped before. */
  startReplica(): Promise<Replica>;
  stop(): Promise<void>;
}

/**
 * @param extra variables of the API beyond those that every product needs
 * @throws Error naming what has to be built, or with the API's own last words when it does not come up
 */
export async function startProduct(extra: Readonly<Record<string, string>> = {}): Promise<Product> {
  const consoleDir = path.join(repository, 'apps/console/dist');
  for (const built of [apiProgram, path.join(consoleDir, 'index.html')])
    if (!existsSync(built)) throw new Error(`${built} is missing; run \`pnpm build\` first.`);

  const folder = mkdtempSync(path.join(tmpdir(), 'grey-e2e-'));
  // PostgreSQL may run under another account, which must be able to pass.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), isDurable: false });
  await postgres.ensureDatabase('grey');
  const port = await pickFreePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    GREY_DATABASE_URL: postgres.url('grey'),
    GREY_PORT: String(port),
    GREY_DATA_DIR: folder,
    GREY_CONSOLE_DIR: consoleDir,
    GREY_JWT_SECRET: 'only-for-browser-tests-000000000000000000',
    GREY_PLAN_SECRET: 'only-for-browser-tests-111111111111111111',
    GREY_LOG_LEVEL: 'error',
    NODE_ENV: 'production',
    ...extra,
  };
  let api = await launchApi(env, url);
  const oneTime = readFileSync(path.join(folder, 'admin-password'), 'utf8').trim();
  const adminPassword = 'correct horse battery staple';
  const first = await callerFor(url)<Session>('POST', '/api/auth/login', { username: 'admin', password: oneTime });
  const session = await callerFor(url, first.accessToken)<Session>('PUT', '/api/auth/password', {
    currentPassword: oneTime,
    newPassword: adminPassword,
  });
  const stopApi = () => endProcess(api);
  const replicas: Replica[] = [];
  const startReplica = async (): Promise<Replica> => {
    const replicaPort = await pickFreePort();
    const dataDir = mkdtempSync(path.join(folder, 'replica-'));
    const replicaUrl = `http://127.0.0.1:${replicaPort}`;
    const child = await launchApi({ ...env, GREY_PORT: String(replicaPort), GREY_DATA_DIR: dataDir }, replicaUrl);
    const replica = { url: replicaUrl, pid: child.pid ?? 0, stop: () => endProcess(child) };
    replicas.push(replica);
    return replica;
  };
  return {
    url,
    adminPassword,
    session,
    call: callerFor(url, session.accessToken),
    postgres,
    stopApi,
    startApi: async () => {
      api = await launchApi(env, url);
    },
    startReplica,
    stop: async () => {
      await Promise.all([stopApi(), ...replicas.map((replica) => replica.stop())]);
      await postgres.stop();
      rmSync(realpathSync(path.join(folder, 'postgres')), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
