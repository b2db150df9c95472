import { listAllPages } from './list-all-pages.ts';
import { readV1Instances, readV1Services } from './nacos-answers.ts';
import type { NacosHttp, SourceLogger } from './nacos-http.ts';
import { bindPushReceiver } from './nacos-push.ts';
import type { NacosSettings } from './nacos-settings.ts';
import { createNamingClient, forgetService, type NamingClient, type NamingHttpClient } from './naming-client.ts';
import {
  type InstancesListener,
  type RegistrySource,
  type SourceInstance,
  SourceUnavailableError,
} from './registry-source.ts';
import { ServiceSubscriptions } from './service-subscriptions.ts';

const PAGE_SIZE = 1_000;
const LIST_PATH = '/v1/ns/instance/list';
/** A server drops a subscriber for pushes that did not ask for 10 s. */
const POLL_MS = 8_500;
/** The package asks a second time one second after it has subscribed; that is answered from what we know. */
const SECOND_ASK_MS = 3_000;

type Asked = Parameters<NamingHttpClient['request']>;

/**
 * Nacos by its HTTP v1 API. The npm package `nacos` holds the subscriptions: it opens the UDP port, tells the server about it
 * with every poll, and times the polls. What it makes of the answers is not used, since it drops empty lists, repeats
 * old ones and listens to one cluster only: answers are read here, and a push only starts a direct read.
 */
export class NacosV1Source implements RegistrySource {
  readonly kind = 'nacos-v1';
  readonly #http: NacosHttp;
  readonly #settings: NacosSettings;
  readonly #logger: SourceLogger;
  readonly #subscriptions: ServiceSubscriptions;
  readonly #lastPollAt = new Map<string, number>();
  /** Services with a direct read under way; true when a push came meanwhile. */
  readonly #reads = new Map<string, boolean>();
  #client: NamingClient | undefined;
  #ownAddress: string | undefined;
  #closed: Promise<void> | undefined;

  private constructor(http: NacosHttp, settings: NacosSettings, logger: SourceLogger) {
    this.#http = http;
    this.#settings = settings;
    this.#logger = logger;
    this.#subscriptions = new ServiceSubscriptions((name, error) =>
      logger.warn(`A listener of ${name} failed: ${String(error)}`),
    );
  }

  static async open(http: NacosHttp, settings: NacosSettings, logger: SourceLogger): Promise<NacosV1Source> {
    const source = new NacosV1Source(http, settings, logger);
    const client = await createNamingClient({
      namespace: settings.namespace,
      httpclient: { request: (url, options) => source.#answerPackage(url, options) },
      onError: (error) => {
        if (!http.isClosed) logger.warn(`The package nacos: ${error.message}`);
      },
    });
    source.#client = client;
    const bases = settings.isPushed ? settings.bases : [];
    source.#ownAddress = await bindPushReceiver(client._hostReactor._pushReceiver, bases, (name) => source.#hear(name));
    return source;
  }

  async listServices(): Promise<readonly string[]> {
    const { namespace, group } = this.#settings;
    const pages = await listAllPages(async (pageNo, pageSize) => {
      const query = { namespaceId: namespace, groupName: group, pageNo: `${pageNo}`, pageSize: `${pageSize}` };
      const { totalCount, names } = readV1Services((await this.#http.get('/v1/ns/service/list', query)).body);
      return { totalCount, names, itemCount: names.length };
    }, this.#settings.pageSize ?? PAGE_SIZE);
    return [...new Set(pages.flatMap((page) => page.names))].sort();
  }

  async listInstances(serviceName: string): Promise<readonly SourceInstance[]> {
    const reading = this.#subscriptions.beginReading();
    const { body } = await this.#http.get(LIST_PATH, this.#queryOf(serviceName));
    const instances = readV1Instances(body, serviceName, this.#settings);
    this.#subscriptions.tell(serviceName, instances, reading);
    return instances;
  }

  subscribe(serviceName: string, listener: InstancesListener): () => void {
    const client = this.#client;
    if (client === undefined || this.#http.isClosed)
      throw new SourceUnavailableError('CLOSED', 'The source is closed.');
    const isFirst = !this.#subscriptions.has(serviceName);
    const end = this.#subscriptions.add(serviceName, listener);
    const service = { serviceName, groupName: this.#settings.group };
    if (isFirst) client.subscribe(service, ignore);
    return () => {
      if (!end()?.isLast) return;
      client.unSubscribe(service, ignore);
      this.#forget(serviceName);
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#subscriptions.clear();
    this.#http.close();
    await this.#client?.close();
  }

  #forget(serviceName: string): void {
    if (this.#client === undefined || this.#subscriptions.has(serviceName)) return;
    forgetService(this.#client, { serviceName, groupName: this.#settings.group });
    this.#lastPollAt.delete(serviceName);
  }

  #queryOf(serviceName: string): Record<string, string> {
    const { namespace, group } = this.#settings;
    // All clusters, and those that are not healthy as well.
    return { namespaceId: namespace, serviceName: `${group}@@${serviceName}`, clusters: '', healthyOnly: 'false' };
  }

  /** A push about `group@@service` has come. */
  #hear(name: string): void {
    const serviceName = this.#withoutGroup(name);
    if (serviceName === undefined || !this.#subscriptions.has(serviceName)) return;
    if (this.#reads.has(serviceName)) {
      this.#reads.set(serviceName, true);
      return;
    }
    void this.#readAfterPush(serviceName);
  }

  async #readAfterPush(serviceName: string): Promise<void> {
    do {
      this.#reads.set(serviceName, false);
      // What fails is logged below, and the next poll reads it.
      await this.listInstances(serviceName).catch(ignore);
    } while (this.#reads.get(serviceName) && this.#subscriptions.has(serviceName));
    this.#reads.delete(serviceName);
  }

  /** Stands in for the package's HTTP client: the answer is read here, and the package only learns when to ask again. */
  async #answerPackage(...[url, { data, headers }]: Asked): Promise<{ status: number; data: string }> {
    const serviceName = this.#withoutGroup(data.serviceName ?? '');
    if (serviceName === undefined || !url.endsWith(LIST_PATH)) return { status: 404, data: '' };
    // The package logs what fails and then asks at another time than ours; it is told nothing of it.
    await this.#poll(serviceName, data.udpPort ?? '0', headers['User-Agent']).catch((error) =>
      this.#onPollFailed(serviceName, error),
    );
    // Given up, or all closed, while its first poll was under way: the package is about to set the timer for the next.
    if (!this.#subscriptions.has(serviceName)) setImmediate(() => this.#forget(serviceName));
    return { status: 200, data: this.#timetableFor(serviceName) };
  }

  async #poll(serviceName: string, udpPort: string, agent: string | undefined): Promise<void> {
    const now = performance.now();
    const last = this.#lastPollAt.get(serviceName) ?? Number.NEGATIVE_INFINITY;
    const isSecondAsk = now < last + Math.min(SECOND_ASK_MS, this.#interval() / 2);
    if (isSecondAsk || !this.#subscriptions.has(serviceName)) return;
    this.#lastPollAt.set(serviceName, now);
    const pushTo = this.#ownAddress === undefined ? {} : { udpPort, clientIP: this.#ownAddress };
    const reading = this.#subscriptions.beginReading();
    const { body } = await this.#http.poll(LIST_PATH, { ...this.#queryOf(serviceName), ...pushTo }, agent);
    this.#subscriptions.tell(serviceName, readV1Instances(body, serviceName, this.#settings), reading);
  }

  #onPollFailed(serviceName: string, error: unknown): void {
    this.#lastPollAt.delete(serviceName);
    // The way to the server says itself when it fails; what is left are answers it could not judge.
    const isGarbage = error instanceof SourceUnavailableError && error.failure === 'GARBAGE';
    if (isGarbage || !(error instanceof SourceUnavailableError)) {
      this.#logger.warn(`Polling ${serviceName} failed: ${String(error)}`);
    }
  }

  /**
   * What the package takes for the list: always the same one host, so that it neither drops the answer nor sees a change,
   * and the time until its next poll, spread so that those of hundreds of services do not come together.
   */
  #timetableFor(serviceName: string): string {
    const { group } = this.#settings;
    const cacheMillis = Math.round(this.#interval() * (0.8 + 0.2 * Math.random()));
    const hosts = [{ ip: '0.0.0.0', port: 0 }];
    return JSON.stringify({ name: `${group}@@${serviceName}`, clusters: 'DEFAULT', hosts, cacheMillis });
  }

  #interval(): number {
    const { mostPollsPerSecond, pollMs = POLL_MS } = this.#settings;
    return Math.max(pollMs, (this.#subscriptions.serviceCount / mostPollsPerSecond) * 1_000);
  }

  #withoutGroup(name: string): string | undefined {
    const prefix = `${this.#settings.group}@@`;
    return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
  }
}

function ignore(): void {}
