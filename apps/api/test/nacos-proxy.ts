import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with a request: hand it on, answer it, or let it hang. */
export type ProxyAction = 'pass' | 'hang' | { readonly status: number; readonly body: string };

export interface SeenRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly at: number;
}

/** Stands between a source and its server: counts what passes, and breaks what it is told to. */
export interface NacosProxy {
  readonly url: string;
  readonly seen: SeenRequest[];
  act: (request: SeenRequest) => ProxyAction;
  close(): Promise<void>;
}

/** @param target of the server; without it nothing can pass */
export async function startNacosProxy(target?: string): Promise<NacosProxy> {
  const proxy: NacosProxy = { url: '', seen: [], act: () => 'pass', close };
  const server = createServer((incoming, outgoing) => {
    const seen = {
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      headers: incoming.headers,
      at: performance.now(),
    };
    proxy.seen.push(seen);
    const action = proxy.act(seen);
    if (action === 'hang') return;
    if (action !== 'pass') {
      outgoing.writeHead(action.status).end(action.body);
      return;
    }
    handOn(incoming, outgoing, new URL(incoming.url ?? '/', target));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
  return Object.assign(proxy, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function handOn(incoming: IncomingMessage, outgoing: ServerResponse, target: URL): void {
  const { method = 'GET', headers } = incoming;
  const onward = request(target, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

/** How many requests come through on average, over the given time. */
export async function countPerSecond(proxy: NacosProxy, durationMs: number): Promise<number> {
  const from = proxy.seen.length;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  return (proxy.seen.length - from) / ((performance.now() - startedAt) / 1_000);
}
