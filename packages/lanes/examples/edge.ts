import express, { type Express } from 'express';
import { type KeyRing, laneMiddleware, laneOf, runInLane, withLane } from '../src/index.ts';

interface Decision {
  readonly instance: string;
  readonly lane: string | null;
  readonly epoch: string;
  readonly revision: number;
}

/** The first service that a request from outside meets: it asks the router, and enters the lane that the answer names. */
export function createEdge(options: { router: string; apiKey: string; hosts: string[]; keys: KeyRing }): Express {
  const call = withLane(fetch, { hosts: options.hosts, keys: options.keys });
  const app = express();
  app.use(laneMiddleware({ mode: 'edge', keys: options.keys }));
  app.get('/orders', async (req, res) => {
    const answer = await fetch(`${options.router}/api/grey-router/route`, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        tenantId: req.get('x-tenant'),
        serviceName: 'orders',
        requestMetadata: { path: req.path, method: req.method, userId: req.get('x-user') },
      }),
    });
    const decision = (await answer.json()) as Decision;
    const lane = laneOf(decision, { isStamped: true });
    const orders = await runInLane(lane, () => call(`http://${decision.instance}/orders`));
    res.json(await orders.json());
  });
  return app;
}
