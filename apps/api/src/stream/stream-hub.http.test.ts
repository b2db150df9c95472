import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Change,
  type Permission,
  type Position,
  permissionsOfRole,
  type StreamEvent,
  streamEventSchema,
} from '@grey/contracts';
import { buildSnapshot, type Snapshot } from '@grey/route-core';
import { makeSnapshotSource } from '@grey/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../access/caller.ts';
import type { Revoked } from '../access/tokens.service.ts';
import type { CommittedChange } from '../changes/change-feed.ts';
import type { ServiceInstances } from '../registry/instance-registry.ts';
import { StreamHub } from './stream-hub.ts';

const EPOCH = 'e1';

function committed(revision: number, tenantId = 't1', reason: string | null = null): CommittedChange {
  const item = {
    index: 0,
    entity: 'tenant' as const,
    tenantId,
    serviceId: null,
    key: tenantId,
    before: null,
    after: { id: tenantId },
  };
  const change: Change = {
    id: `${EPOCH}-${revision}`,
    position: { epoch: EPOCH, revision },
    kind: 'tenant.created',
    actor: { kind: 'user', id: 'u', name: 'u' },
    reason,
    at: new Date(0).toISOString(),
    itemCount: 1,
    items: [item],
  };
  return { change, items: [item], delta: { epoch: EPOCH, revision } };
}

function makeCaller(over: Partial<Caller> = {}): Caller {
  return {
    kind: 'user',
    id: 'u1',
    name: 'u1',
    role: 'GREY_ROUTER_ADMIN',
    permissions: new Set<Permission>(permissionsOfRole.GREY_ROUTER_ADMIN),
    tenantIds: null,
    mustChangePassword: false,
    expiresAt: Number.POSITIVE_INFINITY,
    ...over,
  } as Caller;
}

/** The log and everything around the hub; `commit` writes and publishes as the real one does: first the log, then the feed. */
class World {
  log: CommittedChange[] = [];
  snapshot: Snapshot | undefined = at(0);
  now = 0;
  feed = new Set<(change: CommittedChange) => void>();
  instances: (service: ServiceInstances) => void = () => {};
  revoked: (what: Revoked) => void = () => {};
  beforeLoad: () => Promise<void> = async () => {};
  hub = new StreamHub({
    router: this,
    store: { loadDeltas: (after) => this.#load(after) },
    feed: {
      onReset: () => () => undefined,
      subscribe: (listener) => {
        this.feed.add(listener);
        return () => this.feed.delete(listener);
      },
    },
    registry: {
      onChanged: (listener) => {
        this.instances = listener;
        return () => {};
      },
    },
    tokens: {
      onRevoked: (listener) => {
        this.revoked = listener;
        return () => true;
      },
    },
    now: () => this.now,
  });

  write(change: CommittedChange): void {
    this.log.push(change);
  }
  publish(change: CommittedChange): void {
    this.snapshot = at(change.change.position.revision);
    for (const listener of this.feed) listener(change);
  }
  commit(change: CommittedChange): void {
    this.write(change);
    this.publish(change);
  }
  async #load({ epoch, revision }: Position): Promise<CommittedChange[] | 'reset'> {
    const found = epoch === EPOCH && revision <= this.log.length ? this.log.slice(revision) : ('reset' as const);
    await this.beforeLoad();
    return found;
  }
}

function at(revision: number): Snapshot {
  return buildSnapshot({
    ...makeSnapshotSource({ tenantCount: 1, serviceCount: 1 }),
    position: { epoch: EPOCH, revision },
  });
}

/** A reader of the stream over real HTTP. */
class Client {
  readonly events: StreamEvent[] = [];
  lastId: string | undefined;
  status = 0;
  isEnded = false;
  response: IncomingMessage | undefined;
  #text = '';

  constructor(url: string, lastEventId?: string) {
    const asked = request(
      url,
      { headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId } },
      (response) => {
        this.response = response;
        this.status = response.statusCode ?? 0;
        response.setEncoding('utf8').on('data', (text: string) => this.#take(text));
        response.on('close', () => {
          this.isEnded = true;
        });
        response.on('error', () => {});
      },
    );
    asked.on('error', () => {});
    asked.end();
  }
  get revisions(): number[] {
    return this.events.flatMap((event) => (event.type === 'change' ? [event.change.position.revision] : []));
  }
  get types(): string[] {
    return this.events.map((event) => event.type);
  }
  close(): void {
    this.response?.destroy();
  }
  #take(text: string): void {
    this.#text += text;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const id = /^id: (.*)$/m.exec(block)?.[1];
      if (id !== undefined) this.lastId = id;
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) this.events.push(streamEventSchema.parse(JSON.parse(data)));
    }
  }
}

describe('the stream', () => {
  let world: World;
  let server: Server;
  let url: string;
  let caller: Caller;
  const clients: Client[] = [];

  const open = (lastEventId?: string) => {
    const client = new Client(url, lastEventId);
    clients.push(client);
    return client;
  };
  const opened = async (lastEventId?: string) => {
    const client = open(lastEventId);
    await vi.waitFor(() => expect(client.events.length).toBeGreaterThan(0));
    return client;
  };

  beforeEach(async () => {
    world = new World();
    caller = makeCaller();
    world.hub.onApplicationBootstrap();
    server = createServer((req, res) => {
      world.hub
        .open(caller, req.headers['last-event-id'] as string | undefined, res)
        .catch((error: { code?: string }) => {
          res.writeHead(503).end(error.code);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    world.hub.onModuleDestroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('greets with the position and then tells each change', async () => {
    world.commit(committed(1));
    const client = await opened();
    expect(client.response?.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(client.events).toEqual([{ type: 'hello', position: { epoch: EPOCH, revision: 1 } }]);
    expect(client.lastId).toBe('e1-1');
    world.commit(committed(2));
    await vi.waitFor(() => expect(client.revisions).toEqual([2]));
    expect(client.lastId).toBe('e1-2');
  });

  it('replays what a reader missed, in order', async () => {
    for (let revision = 1; revision <= 20; revision++) world.commit(committed(revision));
    const client = await opened('e1-15');
    await vi.waitFor(() => expect(client.revisions).toEqual([16, 17, 18, 19, 20]));
    expect(client.types[0]).toBe('hello');
  });

  it.each(['e0-3', 'e1-99', 'garbage', 'e1-', '-1'])(
    'tells a reader that comes with %s to read everything anew',
    async (id) => {
      world.commit(committed(1));
      const client = open(id);
      await vi.waitFor(() => expect(client.types).toEqual(['hello', 'reset']));
      world.commit(committed(2));
      await vi.waitFor(() => expect(client.revisions).toEqual([2]));
    },
  );

  it('loses and doubles nothing that is written while the log is being read', async () => {
    for (let revision = 1; revision <= 5; revision++) world.commit(committed(revision));
    world.beforeLoad = async () => {
      // 6 is in the log already when it is read, but published late; 7 comes after it was read
      world.publish(committed(6));
      world.commit(committed(7));
    };
    world.write(committed(6));
    const client = await opened('e1-3');
    world.commit(committed(8));
    await vi.waitFor(() => expect(client.revisions).toEqual([4, 5, 6, 7, 8]));
  });

  it('loses and doubles nothing over many breaks while changes are being written', async () => {
    const last = 400;
    let revision = 0;
    const seen: number[] = [];
    let id = 'e1-0';
    const writing = setInterval(() => {
      for (let i = 0; i < 3 && revision < last; i++) world.commit(committed(++revision));
    }, 1);
    let breaks = 0;
    while (seen.at(-1) !== last) {
      const client = open(id);
      const wanted = 1 + (breaks % 7);
      await vi.waitFor(() => expect(client.revisions.length >= wanted || client.revisions.at(-1) === last).toBe(true), {
        timeout: 5000,
        interval: 1,
      });
      client.close();
      seen.push(...client.revisions);
      id = client.lastId!;
      breaks++;
      if (breaks > 2000) throw new Error('no end');
    }
    clearInterval(writing);
    expect(seen).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    expect(breaks).toBeGreaterThan(5);
  }, 30_000);

  it('shows a tenant manager nothing of other tenants', async () => {
    caller = makeCaller({
      role: 'TENANT_MANAGER',
      permissions: new Set<Permission>(permissionsOfRole.TENANT_MANAGER),
      tenantIds: new Set(['t1']),
    });
    world.commit(committed(1, 'foreign'));
    const client = await opened('e1-0');
    world.commit(committed(2, 't1'));
    world.commit(committed(3, 'foreign'));
    world.commit(committed(4, 't1'));
    await vi.waitFor(() => expect(client.revisions).toEqual([2, 4]));
    expect(JSON.stringify(client.events)).not.toContain('foreign');
  });

  it('tells once of many changes of the instances of a service', async () => {
    const client = await opened();
    for (let sequence = 1; sequence <= 50; sequence++)
      world.instances({ serviceId: 's', sequence, instanceCount: sequence });
    world.instances({ serviceId: 'other', sequence: 1, instanceCount: 0 });
    await vi.waitFor(() => expect(client.events).toHaveLength(3));
    expect(client.events.slice(1)).toEqual([
      { type: 'instances', serviceId: 's', sequence: 50, instanceCount: 50 },
      { type: 'instances', serviceId: 'other', sequence: 1, instanceCount: 0 },
    ]);
  });

  it('ends a stream when the token expires', async () => {
    caller = makeCaller({ expiresAt: 1000 });
    const client = await opened();
    world.now = 999;
    world.hub.endExpired();
    expect(world.hub.streamCount).toBe(1);
    world.now = 1000;
    world.hub.endExpired();
    await vi.waitFor(() => expect(client.isEnded).toBe(true));
    await vi.waitFor(() => expect(world.hub.streamCount).toBe(0));
  });

  it('ends the streams of a revoked user and no others', async () => {
    const first = await opened();
    caller = makeCaller({ id: 'u2' });
    const second = await opened();
    world.revoked({ userId: 'u1' });
    await vi.waitFor(() => expect(first.isEnded).toBe(true));
    world.commit(committed(1));
    await vi.waitFor(() => expect(second.revisions).toEqual([1]));
  });

  it('drops a reader that does not read, and goes on for the others', async () => {
    const slow = await opened();
    slow.response!.pause();
    slow.response!.socket.pause();
    const quick = await opened();
    const large = 'x'.repeat(100_000);
    let revision = 0;
    while (world.hub.streamCount === 2 && revision < 500) {
      world.commit(committed(++revision, 't1', large));
      await vi.waitFor(() => expect(quick.revisions).toHaveLength(revision), { timeout: 5000, interval: 1 });
    }
    expect(world.hub.streamCount).toBe(1);
    expect(quick.revisions).toHaveLength(revision);
  }, 30_000);

  it('refuses while there is no snapshot', async () => {
    world.snapshot = undefined;
    const client = open();
    await vi.waitFor(() => expect(client.status).toBe(503));
  });

  it('ends every stream when the process stops', async () => {
    const client = await opened();
    world.hub.onModuleDestroy();
    await vi.waitFor(() => expect(client.isEnded).toBe(true));
    expect(world.feed.size).toBe(0);
  });
});
