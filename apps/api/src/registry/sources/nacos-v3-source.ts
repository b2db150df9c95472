import { listAllPages } from './list-all-pages.ts';
import { readV3Clusters, readV3Details, readV3Instances, readV3Missing, readV3Services } from './nacos-answers.ts';
import type { NacosHttp, SourceLogger } from './nacos-http.ts';
import type { NacosSettings } from './nacos-settings.ts';
import {
  type InstancesListener,
  type RegistrySource,
  type SourceInstance,
  SourceUnavailableError,
} from './registry-source.ts';
import { ServiceSubscriptions } from './service-subscriptions.ts';

const PAGE_SIZE = 500;
/** With instances the pages are large. */
const LARGEST_SWEEP_PAGE = 100;
const POLL_MS = 5_000;
export const V3_SERVICES_PATH = '/v3/admin/ns/service/list';
/** Tells the clusters: instances are listed for one cluster at a time. */
const SERVICE_PATH = '/v3/admin/ns/service';
const INSTANCES_PATH = '/v3/admin/ns/instance/list';
/** Up to so many services are read one by one when they are new; more wait for the sweep. */
const MOST_READ_ALONE = 5;

/**
 * Nacos by its HTTP v3 API, which does not push. One sweep reads all services with their instances, a hundred a request, and
 * serves all subscriptions. It is the operators' API (reading rights on the namespace are enough): the clients' one
 * cannot list services and hides instances that are switched off.
 */
export class NacosV3Source implements RegistrySource {
  readonly kind = 'nacos-v3';
  readonly #http: NacosHttp;
  readonly #settings: NacosSettings;
  readonly #logger: SourceLogger;
  readonly #subscriptions: ServiceSubscriptions;
  readonly #newServices = new Set<string>();
  #sweepTimer: NodeJS.Timeout | undefined;
  #greetTimer: NodeJS.Immediate | undefined;
  #isSweeping = false;

  constructor(http: NacosHttp, settings: NacosSettings, logger: SourceLogger) {
    this.#http = http;
    this.#settings = settings;
    this.#logger = logger;
    this.#subscriptions = new ServiceSubscriptions((name, error) =>
      logger.warn(`A listener of ${name} failed: ${String(error)}`),
    );
  }

  async listServices(): Promise<readonly string[]> {
    const pages = await listAllPages(async (pageNo, pageSize) => {
      const { body } = await this.#http.get(V3_SERVICES_PATH, this.#pageQuery(pageNo, pageSize));
      return readV3Services(body, this.#settings);
    }, this.#settings.pageSize ?? PAGE_SIZE);
    return [...new Set(pages.flatMap((page) => page.names))].sort();
  }

  async listInstances(serviceName: string): Promise<readonly SourceInstance[]> {
    const { namespace, group } = this.#settings;
    const reading = this.#subscriptions.beginReading();
    const query = { namespaceId: namespace, groupName: group, serviceName };
    const detail = await this.#http.get(SERVICE_PATH, query);
    const clusters = detail.isFound ? readV3Clusters(detail.body) : readV3Missing(detail.body);
    const lists = await Promise.all(
      clusters.map(async (clusterName) => {
        const { isFound, body } = await this.#http.get(INSTANCES_PATH, { ...query, clusterName });
        return isFound ? readV3Instances(body, serviceName, this.#settings) : readV3Missing(body);
      }),
    );
    const instances = lists.flat();
    this.#subscriptions.tell(serviceName, instances, reading);
    return instances;
  }

  subscribe(serviceName: string, listener: InstancesListener): () => void {
    if (this.#http.isClosed) throw new SourceUnavailableError('CLOSED', 'The source is closed.');
    if (!this.#subscriptions.has(serviceName)) {
      this.#newServices.add(serviceName);
      // Those who subscribe to hundreds in one go are served together.
      this.#greetTimer ??= setImmediate(() => void this.#greet());
    }
    const end = this.#subscriptions.add(serviceName, listener);
    if (!this.#isSweeping) this.#sweepTimer ??= this.#sweepLater();
    return () => {
      if (!end()?.isLast) return;
      this.#newServices.delete(serviceName);
      if (this.#subscriptions.serviceCount === 0) this.#stopSweeping();
    };
  }

  async close(): Promise<void> {
    this.#http.close();
    this.#subscriptions.clear();
    this.#newServices.clear();
    this.#stopSweeping();
    clearImmediate(this.#greetTimer);
  }

  #stopSweeping(): void {
    clearTimeout(this.#sweepTimer);
    this.#sweepTimer = undefined;
  }

  #sweepLater(): NodeJS.Timeout {
    const interval = (this.#settings.pollMs ?? POLL_MS) * (0.9 + 0.2 * Math.random());
    return setTimeout(() => void this.#sweep(), interval);
  }

  /** Reads the services that are new: a few one by one, many with a sweep. */
  async #greet(): Promise<void> {
    this.#greetTimer = undefined;
    const fresh = [...this.#newServices];
    this.#newServices.clear();
    if (fresh.length > MOST_READ_ALONE) await this.#sweep();
    else await this.#attempt(() => this.#readEach(fresh));
  }

  async #sweep(): Promise<void> {
    // A sweep under way tells those who came meanwhile.
    if (this.#isSweeping) return;
    this.#stopSweeping();
    this.#isSweeping = true;
    await this.#attempt(() => this.#readAll());
    this.#isSweeping = false;
    if (!this.#http.isClosed && this.#subscriptions.serviceCount > 0) this.#sweepTimer = this.#sweepLater();
  }

  /** What fails is read by the next sweep; the way to the server has said so once. */
  async #attempt(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      const isTold = error instanceof SourceUnavailableError && error.failure !== 'GARBAGE';
      if (!isTold) this.#logger.warn(`Nacos: a sweep failed: ${String(error)}`);
    }
  }

  async #readAll(): Promise<void> {
    const reading = this.#subscriptions.beginReading();
    const pages = await listAllPages(
      async (pageNo, pageSize) => {
        const query = { ...this.#pageQuery(pageNo, pageSize), withInstances: 'true' };
        return readV3Details((await this.#http.poll(V3_SERVICES_PATH, query)).body, this.#settings);
      },
      Math.min(LARGEST_SWEEP_PAGE, this.#settings.pageSize ?? PAGE_SIZE),
    );
    const seen = new Map(pages.flatMap((page) => [...page.instances]));
    for (const [serviceName, instances] of seen) this.#subscriptions.tell(serviceName, instances, reading);
    const unseen = this.#subscriptions.serviceNames.filter((name) => !seen.has(name));
    for (const name of unseen.filter((one) => !this.#subscriptions.knownCount(one))) {
      this.#subscriptions.tell(name, [], reading);
    }
    // One came and one went while the pages were read, and a third slipped through: the server is asked about it alone.
    await this.#readEach(unseen.filter((name) => this.#subscriptions.knownCount(name)));
  }

  async #readEach(serviceNames: readonly string[]): Promise<void> {
    for (const serviceName of serviceNames) await this.listInstances(serviceName);
  }

  #pageQuery(pageNo: number, pageSize: number): Record<string, string> {
    const { namespace, group } = this.#settings;
    return { namespaceId: namespace, groupNameParam: group, pageNo: `${pageNo}`, pageSize: `${pageSize}` };
  }
}
