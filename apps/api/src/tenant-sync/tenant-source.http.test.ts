import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Fault,
  makeTenants,
  sendJson,
  startTenantService,
  type TenantService,
} from '../../test/tenant-service.ts';
import { TenantSource } from './tenant-source.ts';

let service: TenantService;
beforeEach(async () => {
  service = await startTenantService(makeTenants(5));
  service.pageSize = 2;
});
afterEach(() => service.close());

const source = (over: object = {}) =>
  new TenantSource({ url: service.url, token: service.token, timeoutMs: 5_000, firstRetryMs: 1, ...over });
const never = new AbortController().signal;

async function readAll(from = source()) {
  const list = await from.read([], never);
  if (list.isUnchanged) throw new Error('unchanged, though nothing was known');
  return list;
}

test('every page is read, in order, with the place of each row', async () => {
  const { rows } = await readAll();
  expect(rows.map((row) => (row.value as { id: string }).id)).toEqual(
    service.tenants.map((one) => (one as { id: string }).id),
  );
  expect(rows.map((row) => row.path)).toEqual([
    'page 1 items[0]',
    'page 1 items[1]',
    'page 2 items[0]',
    'page 2 items[1]',
    'page 3 items[0]',
  ]);
});

test('a base address with a path and a slash at its end is kept', async () => {
  expect(source({ url: 'http://127.0.0.1:1/base/' }).where).toBe('http://127.0.0.1:1/base/api/tenants');
});

test('a list of which no page has changed is not sent again', async () => {
  const { pages } = await readAll();
  expect(pages).toHaveLength(3);
  expect(await source().read(pages, never)).toEqual({ isUnchanged: true });
  expect(service.requests.slice(3).every((request) => request.condition !== undefined)).toBe(true);
});

test.each([0, 2, 4])('a change of row %i is seen, on whichever page it is', async (index) => {
  const { pages } = await readAll();
  service.tenants[index] = { id: 'other', name: 'Other' };
  const list = await source().read(pages, never);
  expect(list.isUnchanged ? [] : list.rows.map((row) => (row.value as { id: string }).id)).toContain('other');
  expect(list).toHaveProperty('rows.length', 5);
});

test('entity tags are not kept when a page has none', async () => {
  service.fault = (request, response) => {
    if (!request.url?.includes('cursor=2')) return false;
    sendJson(response, { items: [], nextCursor: null });
    return true;
  };
  expect((await readAll()).pages).toEqual([]);
});

/** Fails the first `times` requests, and counts all. */
function failing(times: number, how: Fault): { count: number } {
  const seen = { count: 0 };
  service.fault = (request, response) => {
    seen.count += 1;
    return seen.count <= times ? how(request, response) : false;
  };
  return seen;
}
const status =
  (code: number): Fault =>
  (_, response) => {
    sendJson(response, {}, code);
    return true;
  };
const cut: Fault = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
  response.write('{"items":[{"id":"t0');
  setImmediate(() => response.destroy());
  return true;
};

test.each([
  ['503', status(503)],
  ['429', status(429)],
  ['a cut connection', cut],
])('%s passes at the third attempt', async (_, how) => {
  const seen = failing(2, how);
  expect((await readAll()).rows).toHaveLength(5);
  expect(seen.count).toBe(5);
});

test.each([
  ['503', status(503), 'page 1 answered 503'],
  ['a cut connection', cut, 'page 1 could not be read'],
])('%s is given up after three attempts', async (_, how, message) => {
  const seen = failing(9, how);
  await expect(readAll()).rejects.toThrow(message);
  expect(seen.count).toBe(3);
});

test.each([400, 401, 403, 404])('%i is not tried again', async (code) => {
  const seen = failing(9, status(code));
  await expect(readAll()).rejects.toThrow(`page 1 answered ${code}`);
  expect(seen.count).toBe(1);
});

test.each([
  ['text', 'sorry, secret-in-the-page'],
  ['half an object', '{"items":[{"id":"secret-in-the-page"'],
  ['bytes that are no text', Buffer.from([0x5b, 0xff, 0x5d])],
])('%s is no list, and is not quoted', async (_, text) => {
  failing(9, (__, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    return true;
  });
  const error: Error = await readAll().catch((one) => one);
  expect(error.message).toMatch(/^page 1 is no (JSON|UTF-8)$/);
  expect(String(error.stack) + String(error.cause)).not.toContain('secret-in-the-page');
});

test('an answer beyond the limit is cut off', async () => {
  let written = 0;
  failing(9, (_, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    const write = () => {
      while (!response.destroyed && written < 200) {
        written += 1;
        if (!response.write(chunk)) return void response.once('drain', write);
      }
      response.end();
    };
    write();
    return true;
  });
  await expect(readAll()).rejects.toThrow('page 1 is larger than');
  expect(written).toBeLessThan(200);
});

test('an answer that does not end in time is given up', async () => {
  const seen = failing(9, (_, response) => {
    response.writeHead(200).write('{"items":[');
    return true;
  });
  await expect(readAll(source({ timeoutMs: 100 }))).rejects.toThrow('page 1 took longer than 100 ms');
  expect(seen.count).toBe(3);
});

test('a redirect is followed on the same host, and never to another', async () => {
  let location = '/elsewhere?limit=2';
  let asked = 0;
  service.fault = (request, response) => {
    if (request.url?.startsWith('/elsewhere')) sendJson(response, { items: makeTenants(1) });
    else response.writeHead(307, { location }).end();
    return true;
  };
  expect((await readAll()).rows).toHaveLength(1);
  const other = await startTenantService();
  other.fault = () => {
    asked += 1;
    return false;
  };
  location = `${other.url}/api/tenants`;
  await expect(readAll()).rejects.toThrow(`redirected to ${other.url}`);
  location = '/api/tenants';
  await expect(readAll()).rejects.toThrow('more than 3 times');
  expect(asked).toBe(0);
  await other.close();
});

test('a cursor that leads in a circle is refused', async () => {
  service.fault = (_, response) => {
    sendJson(response, { items: makeTenants(1), nextCursor: 'again' });
    return true;
  };
  await expect(readAll()).rejects.toThrow('was read before');
});

test('numbered pages are read to their total, and a total that moves is refused', async () => {
  let moves = 0;
  service.fault = (request, response) => {
    const page = Number(new URL(request.url ?? '', service.url).searchParams.get('page') ?? 0);
    const rows = service.tenants.slice(page * 2, page * 2 + 2);
    sendJson(response, { content: rows, number: page, size: 2, totalElements: 5 + page * moves });
    return true;
  };
  expect((await readAll()).rows).toHaveLength(5);
  moves = 1;
  await expect(readAll()).rejects.toThrow('the list changed while it was read');
});

test('the token is sent, and stands in no message', async () => {
  await expect(readAll(source({ token: undefined }))).rejects.toThrow('page 1 answered 401: GREY_TENANT_SYNC_TOKEN');
  const error: Error = await readAll(source({ token: 'a-wrong-secret' })).catch((one) => one);
  expect(error.message).toContain('401');
  expect(String(error.stack)).not.toContain('a-wrong-secret');
});
