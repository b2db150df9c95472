import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSnapshot, createDecisionEnv } from '@grey/route-core';
import { createRouteListener, type RouteCaller, TokenCache } from '@grey/route-module';
import { createNestListener } from './http-nest-app.ts';
import { makeWorld } from './world.ts';

/** One variant of the server, alone in its process. Tells its port, and on every message the CPU time it has used (µs). */
const caller: RouteCaller = {
  kind: 'api_key',
  id: 'bench',
  permissions: new Set(['route']),
  tenantIds: null,
  mustChangePassword: false,
  expiresAt: Date.now() + 3_600_000,
};

function makeTokens(): TokenCache {
  return new TokenCache({ authenticate: async () => caller });
}

function routeListener(): RequestListener {
  const snapshot = buildSnapshot(makeWorld(2));
  const listener = createRouteListener({ getSnapshot: () => snapshot, env: createDecisionEnv(), tokens: makeTokens() });
  return (req, res) => {
    if (!listener(req, res)) res.writeHead(404).end();
  };
}

/** Nothing but HTTP and JSON: parses the same body and builds an answer of the same size. */
function bareListener(answerSize: number): RequestListener {
  const rest = 'x'.repeat(answerSize - '{"tenantId":"tenant-00000","rest":""}'.length);
  return (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const first = chunks[0]!;
      const { tenantId } = JSON.parse((chunks.length === 1 ? first : Buffer.concat(chunks)).toString()) as {
        tenantId: string;
      };
      const body = `{"tenantId":"${tenantId}","rest":"${rest}"}`;
      res.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
      });
      res.end(body);
    });
  };
}

const [variant, answerSize] = process.argv.slice(2);
const server = createServer(
  variant === 'route'
    ? routeListener()
    : variant === 'nest'
      ? await createNestListener(buildSnapshot(makeWorld(2)), createDecisionEnv(), makeTokens())
      : bareListener(Number(answerSize)),
);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system });
});
process.on('disconnect', () => process.exit(0));
