import { isUtf8 } from 'node:buffer';
import { SourceError } from './source-error.ts';

/** Bytes of one answer, unpacked. */
const BODY_LIMIT = 32 * 1024 * 1024;
const REDIRECT_LIMIT = 3;

export interface Fetched {
  /** True: 304, and `body` is undefined. */
  readonly isUnchanged: boolean;
  readonly body: unknown;
  readonly etag: string | undefined;
}

export interface FetchJsonOptions {
  /** What is asked for, in the words of a message. */
  readonly name: string;
  readonly token: string | undefined;
  /** Sent as If-None-Match. */
  readonly etag: string | undefined;
  /** For the whole answer, redirects included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks for JSON with a bearer token. Redirects are followed on the same origin only: the token is nobody else's.
 *
 * @throws SourceError; retryable for what passes: no connection, cut off, too late, 408, 425, 429 and 5xx
 */
export async function fetchJson(url: string, options: FetchJsonOptions): Promise<Fetched> {
  const { name, etag, timeoutMs } = options;
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await follow(url, options, AbortSignal.any([late, options.signal]));
    if (response.status === 304 && etag !== undefined) return { isUnchanged: true, body: undefined, etag };
    if (response.status !== 200) {
      await response.body?.cancel();
      throw statusError(name, response.status);
    }
    const body = parse(await readText(response, name), name);
    return { isUnchanged: false, body, etag: response.headers.get('etag') ?? undefined };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    if (late.aborted) throw new SourceError(`${name} took longer than ${timeoutMs} ms`, { isRetryable: true });
    throw new SourceError(`${name} could not be read: ${signOf(error)}`, { isRetryable: !options.signal.aborted });
  }
}

async function follow(url: string, options: FetchJsonOptions, signal: AbortSignal): Promise<Response> {
  const { name, token, etag } = options;
  const headers = {
    accept: 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
  };
  let target = new URL(url);
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop += 1) {
    const response = await fetch(target.href, { headers, redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    if (!URL.canParse(location, target.href)) throw new SourceError(`${name} was redirected to no address`);
    const next = new URL(location, target.href);
    if (next.origin !== target.origin)
      throw new SourceError(`${name} was redirected to ${next.origin}; set GREY_TENANT_SYNC_URL if that is right`);
    target = next;
  }
  throw new SourceError(`${name} was redirected more than ${REDIRECT_LIMIT} times`);
}

function statusError(name: string, status: number): SourceError {
  const isRetryable = status >= 500 || status === 408 || status === 425 || status === 429;
  const hint = status === 401 || status === 403 ? ': GREY_TENANT_SYNC_TOKEN is missing or not accepted' : '';
  return new SourceError(`${name} answered ${status}${hint}`, { isRetryable });
}

async function readText(response: Response, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw new SourceError(`${name} is larger than ${BODY_LIMIT} bytes`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  // Bytes that are no text would be stored as question marks.
  if (!isUtf8(bytes)) throw new SourceError(`${name} is no UTF-8`);
  return bytes.toString('utf8');
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the answer.
    throw new SourceError(`${name} is no JSON`);
  }
}

/** The code of what went wrong below; messages of the HTTP client say no more than `fetch failed`. */
function signOf(error: unknown): string {
  const codes: string[] = [];
  for (let one = error, depth = 0; one instanceof Error && depth < 4; one = one.cause, depth += 1) {
    const { code } = one as { code?: unknown };
    if (typeof code === 'string') codes.push(code);
  }
  return codes[0] ?? (error instanceof Error ? error.name : 'unknown');
}
