import type { Socket } from 'node:dgram';

/**
 * What we use of the npm package `nacos` (2.6), typed here because its own types leave most of it out, and the parts of
 * its inside that must be held still. `createNamingClient` refuses a release that is built differently.
 */
export interface NamingClient {
  ready(): Promise<void>;
  subscribe(info: SubscribedService, listener: (hosts: unknown) => void): void;
  unSubscribe(info: SubscribedService, listener: (hosts: unknown) => void): void;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): void;
  readonly _serverProxy: Emitter;
  readonly _beatReactor: Emitter & { _isClosed: boolean; _clientBeatInterval: number };
  readonly _hostReactor: Emitter & {
    readonly _pushReceiver: PushReceiver;
    readonly _futureMap: Map<string, { timer: NodeJS.Timeout }>;
    readonly _serviceInfoMap: Map<string, unknown>;
  };
}

export interface PushReceiver extends Emitter {
  _server: Socket | null;
  _udpPort: number;
  _isClosed: boolean;
  _createServer(): void;
  _handlePushMessage(message: Buffer, sender: { address: string; port: number }): void;
  ready(isReady: boolean): void;
}

export interface SubscribedService {
  readonly serviceName: string;
  readonly groupName: string;
}

interface Emitter {
  on(event: 'error', listener: (error: Error) => void): void;
}

/** Stands in for the package's HTTP client (its option `httpclient`). */
export interface NamingHttpClient {
  request(
    url: string,
    options: { readonly data: Record<string, string>; readonly headers: Record<string, string> },
  ): Promise<{ readonly status: number; readonly data: string }>;
}

export interface NamingClientOptions {
  readonly namespace: string;
  readonly httpclient: NamingHttpClient;
  /** Told what goes wrong inside. Without a listener of ours the package prints it to the console. */
  readonly onError: (error: Error) => void;
}

/** The client never chooses a server: whoever stands in for its HTTP client does. */
const SERVER = 'nacos:8848';
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** @throws Error when the package is not built as expected */
export async function createNamingClient(options: NamingClientOptions): Promise<NamingClient> {
  // Loaded when it is needed: it brings hundreds of files along, most of them for configuration.
  const { NacosNamingClient } = (await import('nacos')) as unknown as {
    NacosNamingClient: new (options: object) => NamingClient;
  };
  const { namespace, httpclient, onError } = options;
  const client = new NacosNamingClient({ logger: SILENT, serverList: [SERVER], namespace, httpclient });
  const { _beatReactor: beats, _hostReactor: hosts, _serverProxy: proxy } = client;
  const receiver = hosts?._pushReceiver;
  if (!(beats?._clientBeatInterval > 0 && hosts._futureMap instanceof Map && hosts._serviceInfoMap instanceof Map)) {
    throw new Error('The package nacos is built differently than expected; see naming-client.ts.');
  }
  if (typeof receiver?._createServer !== 'function' || typeof receiver._handlePushMessage !== 'function') {
    throw new Error('The package nacos receives pushes differently than expected; see naming-client.ts.');
  }
  // It is about to bind a UDP port on every interface. Closed before the loop turns, the socket never gets that far.
  receiver._createServer = () => undefined;
  receiver._server?.close();
  receiver._server = null;
  receiver.ready(true);
  for (const emitter of [client, beats, hosts, proxy, receiver]) emitter.on('error', onError);
  // It beats for instances it has registered, which we never do; its loop would hold the process for 10 s after close().
  beats._isClosed = true;
  beats._clientBeatInterval = 0;
  return client;
}

/** The package goes on polling after `unSubscribe`, for good; this ends it. */
export function forgetService(client: NamingClient, { serviceName, groupName }: SubscribedService): void {
  const key = `${groupName}@@${serviceName}@@DEFAULT`;
  const { _futureMap: polls, _serviceInfoMap: cache } = client._hostReactor;
  clearTimeout(polls.get(key)?.timer);
  polls.delete(key);
  cache.delete(key);
}
