import { connect } from 'node:net';
import { serviceId, TENANT_COUNT, tenantId } from './world.ts';

/**
 * The load: 32 connections, each with one request under way, over raw sockets, so that this process needs less of its
 * core than the server of its own. Prints what LoadReport says.
 */
export interface LoadReport {
  readonly count: number;
  readonly seconds: number;
  readonly p99Ms: number;
  /** Bytes of the last body. */
  readonly answerSize: number;
}

const CONNECTIONS = 32;
const [port, milliseconds] = process.argv.slice(2).map(Number) as [number, number];

const requests = Array.from({ length: TENANT_COUNT }, (_, i) => {
  const requestMetadata = { userId: 'user-1', region: 'eu' };
  const body = JSON.stringify({
    tenantId: tenantId((i * 7919) % TENANT_COUNT),
    serviceName: serviceId(i % 100),
    requestMetadata,
  });
  const head = `POST /api/grey-router/route HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer bench-token-0123456789\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.from(head + body, 'latin1');
});

let next = 0;
let answerSize = 0;
const latencies: number[] = [];
const startedAt = performance.now();

function runConnection(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let received = '';
    const send = (): void => {
      if (performance.now() - startedAt > milliseconds) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(requests[next++ % requests.length]!);
    };
    socket.setEncoding('latin1');
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      received = received === '' ? chunk : received + chunk;
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const size = Number(/content-length: (\d+)/i.exec(received.slice(0, end))?.[1]);
      if (received.length < end + 4 + size) return;
      if (!received.startsWith('HTTP/1.1 200')) {
        reject(new Error(received.slice(0, 500)));
        return;
      }
      answerSize = size;
      received = '';
      latencies.push(performance.now() - sentAt);
      send();
    });
  });
}

await Promise.all(Array.from({ length: CONNECTIONS }, runConnection));
const seconds = (performance.now() - startedAt) / 1000;
latencies.sort((x, y) => x - y);
const p99Ms = latencies[Math.floor(latencies.length * 0.99)]!;
const report: LoadReport = { count: latencies.length, seconds, p99Ms, answerSize };
process.stdout.write(JSON.stringify(report));
