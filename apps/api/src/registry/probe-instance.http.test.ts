import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { probeInstance } from './probe-instance.ts';

describe('probing an instance', () => {
  const servers: Server[] = [];
  const serve = async (listener: RequestListener) => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('asks the endpoint by GET and takes 200 for healthy', async () => {
    let asked = '';
    const address = await serve((req, res) => {
      asked = `${req.method} ${req.url}`;
      res.end('ok');
    });
    expect(await probeInstance(address, '/health?x=1', 5000)).toEqual({ health: 'healthy', detail: 'HTTP 200' });
    expect(asked).toBe('GET /health?x=1');
  });

  it.each([204, 404, 500, 503])('takes %i for degraded', async (status) => {
    const address = await serve((_, res) => res.writeHead(status).end());
    expect(await probeInstance(address, '/', 5000)).toEqual({ health: 'degraded', detail: `HTTP ${status}` });
  });

  it('does not follow a redirect', async () => {
    let isFollowed = false;
    const target = await serve((_, res) => {
      isFollowed = true;
      res.end();
    });
    const address = await serve((_, res) => res.writeHead(302, { location: `http://${target}/` }).end());
    expect(await probeInstance(address, '/', 5000)).toEqual({ health: 'degraded', detail: 'HTTP 302' });
    expect(isFollowed).toBe(false);
  });

  it('does not read an endless body', async () => {
    let isClosed: (value: unknown) => void = () => {};
    const closed = new Promise((resolve) => {
      isClosed = resolve;
    });
    const address = await serve((_, res) => {
      res.on('close', isClosed);
      const write = (): void => {
        while (res.write(Buffer.alloc(65_536)));
        res.once('drain', write);
      };
      write();
    });
    expect((await probeInstance(address, '/', 5000)).health).toBe('healthy');
    await closed;
  });

  it('takes silence for unhealthy', async () => {
    const address = await serve(() => {});
    expect(await probeInstance(address, '/', 50)).toEqual({ health: 'unhealthy', detail: 'no answer within 50 ms' });
  });

  it('takes a closed port for unhealthy', async () => {
    const address = await serve(() => {});
    await new Promise((resolve) => servers.pop()!.close(resolve));
    expect(await probeInstance(address, '/', 5000)).toEqual({ health: 'unhealthy', detail: 'ECONNREFUSED' });
  });
});
