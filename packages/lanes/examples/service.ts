import express, { type Express } from 'express';
import { laneCounters, laneMetadata, laneMiddleware, withLane } from '../src/index.ts';

/** A service inside: it goes on in the lane that the request came with, and tells the router of it. */
export function createService(options: { name: string; router: string; apiKey: string; hosts: string[] }): Express {
  const call = withLane(fetch, { hosts: options.hosts });
  const app = express();
  app.use(laneMiddleware({ mode: 'inside' }));
  app.get('/orders', async (_req, res) => {
    const answer = await fetch(`${options.router}/api/grey-router/route`, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tenantId: 'acme', serviceName: 'stock', requestMetadata: laneMetadata() }),
    });
    const { instance } = (await answer.json()) as { instance: string };
    const stock = await call(`http://${instance}/stock`);
    res.json([options.name, ...((await stock.json()) as string[])]);
  });
  app.get('/metrics', (_req, res) => {
    res.type('text/plain').send(laneCounters.toPrometheus());
  });
  return app;
}
