import { createOutgoingLane, laneHeaderNames, type OutgoingLane, type OutgoingLaneOptions } from './outgoing-lane.ts';

const REDIRECT_LIMIT = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What the fetch standard takes out when a redirect leads to another origin. */
const SECRET_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'host'];
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length'];

type Fetch = typeof globalThis.fetch;
type Body = RequestInit['body'];

/** One step of a chain of redirects. `body` undefined: there was one, and it cannot be sent again. */
interface Step {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body | undefined;
}

/**
 * A fetch that sends the present lane along. Redirects are followed here, because fetch would take the tag along to whatever
 * host a redirect names: each step gets the headers that its own host may see. `redirected` of the answer stays false.
 */
export function withLane(fetch: Fetch, options: OutgoingLaneOptions): Fetch {
  const outgoing = createOutgoingLane(options);
  return async (input, init = {}) => {
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? String(input));
    const headers = new Headers(init.headers ?? request?.headers);
    applyLane(outgoing, url, headers);
    if ((init.redirect ?? request?.redirect ?? 'follow') !== 'follow') return fetch(input, { ...init, headers });
    const first = await fetch(input, { ...init, headers, redirect: 'manual' });
    const method = (init.method ?? request?.method ?? 'GET').toUpperCase();
    const body = init.body ?? (request?.body ? undefined : null);
    const again = { ...init, signal: init.signal ?? request?.signal ?? null };
    return follow(outgoing, fetch, first, again, { url, method, headers, body: isStream(body) ? undefined : body });
  };
}

function applyLane(outgoing: OutgoingLane, url: URL, headers: Headers): void {
  const lane = outgoing(url, (name) => headers.get(name) ?? undefined);
  for (const name of laneHeaderNames) {
    const value = lane[name];
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
}

async function follow(
  outgoing: OutgoingLane,
  fetch: Fetch,
  first: Response,
  init: RequestInit,
  from: Step,
): Promise<Response> {
  let response = first;
  let step = from;
  for (let count = 0; ; count++) {
    const location = response.headers.get('location');
    if (location === null || !REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    if (count === REDIRECT_LIMIT) throw failure('redirect count exceeded');
    step = stepAfter(step, response.status, new URL(location, step.url));
    applyLane(outgoing, step.url, step.headers);
    const { method, headers, body } = step;
    response = await fetch(step.url, { ...init, method, headers, body: body ?? null, redirect: 'manual' });
  }
}

/** What follows a redirect, as the fetch standard says (HTTP-redirect fetch). */
function stepAfter({ url: from, method, headers: sent, body }: Step, status: number, url: URL): Step {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw failure('URL scheme must be a HTTP(S) scheme');
  const headers = new Headers(sent);
  if (from.origin !== url.origin) for (const name of SECRET_HEADERS) headers.delete(name);
  const turnsToGet =
    (method === 'POST' && (status === 301 || status === 302)) ||
    (status === 303 && method !== 'GET' && method !== 'HEAD');
  if (turnsToGet) {
    for (const name of BODY_HEADERS) headers.delete(name);
    return { url, method: 'GET', headers, body: null };
  }
  if (body === undefined) throw failure('a body that is a stream cannot be sent again');
  return { url, method, headers, body };
}

function failure(message: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(message) });
}

function isStream(body: Body | undefined): boolean {
  return body instanceof ReadableStream || (typeof body === 'object' && body !== null && Symbol.asyncIterator in body);
}
