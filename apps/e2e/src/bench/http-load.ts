import { connect } from 'node:net';
import { serviceId, TENANT_COUNT, tenantId } from './world.ts';

/**
 * The load: 32 connections, each with one request under way, over raw sockets, so that this process needs less of its
 * core than the server of its own. Each message asks for one turn of load on one server; LoadReport answers it. The
 * connections stay open between turns.
 */
export interface LoadOrder {
  readonly port: number;
  readonly milliseconds: number;
}

export interface LoadReport {
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  /** Bytes of the last body. */
  readonly answerSize: number;
}

const CONNECTION_COUNT = 32;

function makeRequests(port: number): Buffer[] {
  return Array.from({ length: TENANT_COUNT }, (_, i) => {
    const requestMetadata = { userId: 'user-1', region: 'eu' };
    const body = JSON.stringify({
      tenantId: tenantId((i * 7919) % TENANT_COUNT),
      serviceName: serviceId(i % 100),
      requestMetadata,
    });
    const head = `POST /api/grey-router/route HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer bench-token-0123456789\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    return Buffer.from(head + body, 'latin1');
  });
}

/** The connections to one server. */
class Target {
  readonly #port: number;
  readonly #requests: Buffer[];
  readonly #runs: Promise<(() => Promise<void>)[]>;
  #next = 0;
  #until = 0;
  #latenciesMs: number[] = [];
  #answerSize = 0;

  constructor(port: number) {
    this.#port = port;
    this.#requests = makeRequests(port);
    this.#runs = Promise.all(Array.from({ length: CONNECTION_COUNT }, () => this.#open()));
  }

  async measure(milliseconds: number): Promise<LoadReport> {
    const runs = await this.#runs;
    const startedAt = performance.now();
    this.#until = startedAt + milliseconds;
    this.#latenciesMs = [];
    await Promise.all(runs.map((run) => run()));
    const seconds = (performance.now() - startedAt) / 1000;
    return { seconds, latenciesMs: this.#latenciesMs, answerSize: this.#answerSize };
  }

  /** Connects; what it returns sends one request after the other until the turn is over. */
  #open(): Promise<() => Promise<void>> {
    return new Promise((connected, reject) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
      let sentAt = 0;
      let received = '';
      let finish = (): void => {};
      const send = (): void => {
        sentAt = performance.now();
        if (sentAt > this.#until) finish();
        else socket.write(this.#requests[this.#next++ % this.#requests.length]!);
      };
      const run = (): Promise<void> =>
        new Promise((resolve) => {
          finish = resolve;
          send();
        });
      socket.setEncoding('latin1');
      socket.on('error', reject);
      socket.on('connect', () => connected(run));
      socket.on('data', (chunk: string) => {
        received = received === '' ? chunk : received + chunk;
        const end = received.indexOf('\r\n\r\n');
        if (end < 0) return;
        const size = Number(/content-length: (\d+)/i.exec(received.slice(0, end))?.[1]);
        if (received.length < end + 4 + size) return;
        if (!received.startsWith('HTTP/1.1 200')) throw new Error(received.slice(0, 500));
        this.#answerSize = size;
        received = '';
        this.#latenciesMs.push(performance.now() - sentAt);
        send();
      });
    });
  }
}

const targets = new Map<number, Target>();
process.on('message', async ({ port, milliseconds }: LoadOrder) => {
  let target = targets.get(port);
  if (target === undefined) {
    target = new Target(port);
    targets.set(port, target);
  }
  process.send?.(await target.measure(milliseconds));
});
process.on('disconnect', () => process.exit(0));
