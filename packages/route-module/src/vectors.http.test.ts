import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  errorCodes,
  explainResponseSchema,
  flagsResponseSchema,
  operations,
  problemSchema,
  routeRequestSchema,
  routeResponseSchema,
} from '@grey/contracts';
import {
  buildSnapshot,
  createDecisionEnv,
  type DecisionEnv,
  reportEnd,
  reportStart,
  type Snapshot,
  type SnapshotSource,
} from '@grey/route-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RouteCaller } from './caller.ts';
import { createRouteListener, type RouteListener } from './route-listener.ts';
import { TokenCache } from './token-cache.ts';

/** The engine's golden vectors, put to /route and /explain over HTTP. The form of the files is that of route-core's runner. */
interface Vector {
  readonly name: string;
  readonly source: SnapshotSource;
  /** The position that the requests name; null: one that is not kept. */
  readonly earlier?: SnapshotSource | null;
  readonly random?: readonly number[];
  readonly lease?: 'held' | 'out' | 'lost';
  readonly now?: number;
  readonly requests: readonly {
    readonly request: { tenantId: string; serviceName: string; metadata?: unknown; balancer?: string };
    readonly now?: number;
    readonly reports?: readonly {
      instance: string;
      event: 'start' | 'end';
      latencyMs?: number;
      isFailure?: boolean;
    }[];
    readonly expect: Record<string, unknown> & { steps?: string[] };
  }[];
}

const folder = new URL('../../route-core/vectors/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { feature: string; cases: Vector[] });

/** Believed in what it says of claims and lanes, as the engine itself believes its caller. */
const caller: RouteCaller = {
  kind: 'api_key',
  id: 'gateway',
  permissions: new Set(['route', 'route.trusted']),
  tenantIds: null,
  mustChangePassword: false,
  expiresAt: Number.POSITIVE_INFINITY,
};

let listener: RouteListener;
let url: string;
const server = createServer((req, res) => void listener(req, res));
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

function makeEnv(vector: Vector, clock: { now: number | undefined }): DecisionEnv {
  const numbers = [...(vector.random ?? [])];
  const { lease = 'held' } = vector;
  return createDecisionEnv({
    lease: { isHeld: () => lease === 'held', isLost: lease === 'lost' },
    now: () => {
      if (clock.now === undefined) throw new Error('the vector has no time');
      return clock.now;
    },
    random: () => {
      if (numbers.length === 0) throw new Error('the vector gives no more random numbers');
      return numbers.shift()!;
    },
  });
}

function serve(snapshot: Snapshot, earlier: Snapshot | undefined, env: DecisionEnv): unknown[] {
  const errors: unknown[] = [];
  const tokens = new TokenCache({ authenticate: async () => caller });
  const onError = (error: unknown): unknown => errors.push(error);
  listener = createRouteListener({ getSnapshot: () => snapshot, getSnapshotAt: () => earlier, env, tokens, onError });
  return errors;
}

async function ask(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** An answer as the vectors write a decision. */
function brief(answer: unknown): Record<string, unknown> {
  const told = routeResponseSchema.strict().parse(answer);
  const { timestamp: _1, epoch: _2, revision: _3, tenantId: _4, serviceName: _5, instanceId, ...rest } = told;
  const mirror = told.mirror && { version: told.mirror.version, instance: told.mirror.instanceId };
  return { ok: true, ...rest, instance: instanceId, mirror, isHeld: told.holds.length > 0 };
}

/** A vector may write the mirror's instance whole. */
function expectedOf(answer: Record<string, unknown>): Record<string, unknown> {
  const mirror = answer.mirror as { version: string; instance: string | { instanceId: string } } | null;
  if (mirror === null || mirror === undefined || typeof mirror.instance === 'string') return answer;
  return { ...answer, mirror: { version: mirror.version, instance: mirror.instance.instanceId } };
}

function nameOf({ epoch, revision }: SnapshotSource['position']): string {
  return `${epoch}-${revision}`;
}

/** Vectors with requests that the engine answers and the contract does not let through. */
const refused = new Set<string>();

for (const file of files) {
  describe(`golden vectors through /route: ${file.feature}`, () => {
    it.each(file.cases)('$name', async (vector) => {
      const snapshot = buildSnapshot(vector.source);
      const clock = { now: vector.now };
      const env = makeEnv(vector, clock);
      const { earlier } = vector;
      const named = earlier === undefined ? {} : { position: earlier === null ? 'e0-1' : nameOf(earlier.position) };
      const errors = serve(snapshot, earlier ? buildSnapshot(earlier) : undefined, env);
      const instances = new Map(snapshot.listInstances().map((instance) => [instance.instanceId, instance]));
      for (const { request, now, reports, expect: expected } of vector.requests) {
        clock.now = now ?? clock.now;
        for (const { instance, event, latencyMs = 0, isFailure = false } of reports ?? []) {
          if (event === 'start') reportStart(env, instances.get(instance)!);
          else reportEnd(env, instances.get(instance)!, { latencyMs, isFailure });
        }
        const { tenantId, serviceName, metadata, balancer } = request;
        const requestMetadata = earlier === undefined ? metadata : { ...(metadata as object), ...named };
        const body = { tenantId, serviceName, requestMetadata, balancer };
        if (!routeRequestSchema.safeParse(JSON.parse(JSON.stringify(body))).success) {
          refused.add(vector.name);
          expect((await ask(operations.route.path, body)).body).toMatchObject({ code: 'VALIDATION_FAILED' });
          continue;
        }
        const explained = explainResponseSchema.parse((await ask(operations.explain.path, body)).body);
        const answer = await ask(operations.route.path, body);
        expect(errors).toEqual([]);
        const { steps, ...decision } = expected;
        if (decision.ok === true) {
          expect(answer.status, JSON.stringify(answer.body)).toBe(200);
          expect(brief(answer.body)).toEqual(expectedOf(decision));
          expect(answer.body).toMatchObject({ tenantId, serviceName, ...(earlier ?? vector.source).position });
          expect(brief(explained.decision)).toEqual(brief(answer.body));
          // Asking for flags uses up draws, of which these vectors have none to lose.
          if (file.feature === 'flags' && vector.random === undefined) {
            const flags = await ask(operations.decideFlags.path, { tenantId, serviceName, requestMetadata });
            const { version, reason } = decision;
            expect(flags.body).toMatchObject({ version, reason });
            expect(flagsResponseSchema.parse(flags.body).flags).toEqual(decision.flags ?? {});
          }
        } else {
          const problem = problemSchema.parse(answer.body);
          expect(problem.code).toBe(decision.code);
          expect(answer.status).toBe(errorCodes[problem.code].status);
          expect(explained.decision).toMatchObject({ code: decision.code, detail: problem.detail });
        }
        const own = explained.steps.filter(({ step }) => step !== 'request');
        if (steps) expect(own.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(steps);
      }
    });
  });
}

it('the files say nothing that is not put to /route', () => {
  const vectors = files.flatMap(({ cases }) => cases);
  const known = new Set([
    'name',
    'source',
    'earlier',
    'lease',
    'random',
    'now',
    'requests',
    'request',
    'reports',
    'expect',
  ]);
  const said = [...vectors, ...vectors.flatMap(({ requests }) => requests)].flatMap((part) => Object.keys(part));
  expect(said.filter((key) => !known.has(key))).toEqual([]);
});

it('every vector was put to /route, but for what its contract refuses', () => {
  expect(files.length).toBeGreaterThanOrEqual(18);
  expect([...refused].sort()).toEqual([
    'names that JavaScript objects know are ordinary unknown names',
    'what the metadata holds beside its own names is an attribute',
  ]);
});
