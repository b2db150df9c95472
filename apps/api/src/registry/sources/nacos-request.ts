import { SourceUnavailableError } from './registry-source.ts';

/** More than this is not a list of instances: 500 services with 50 instances each are 12 MB. */
const LARGEST_BODY_BYTES = 32 * 1024 * 1024;

export interface NacosRequest {
  readonly method: 'GET' | 'POST';
  /** Below the context path: `/v1/ns/instance/list`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
  /** `User-Agent`: the server pushes only to clients that it knows by name. */
  readonly agent?: string | undefined;
}

export interface NacosResponse {
  readonly status: number;
  readonly text: string;
}

/**
 * One HTTP exchange with one server, of bounded time and size. Any status is an answer here.
 *
 * @param base `http://host:port/nacos`
 * @throws SourceUnavailableError UNREACHABLE, GARBAGE
 */
export async function requestNacos(
  base: string,
  request: NacosRequest,
  timeoutMs: number,
  closing: AbortSignal,
): Promise<NacosResponse> {
  const what = `${request.method} ${base}${request.path}`;
  const query = new URLSearchParams(request.query).toString();
  try {
    const response = await fetch(`${base}${request.path}${query === '' ? '' : `?${query}`}`, {
      method: request.method,
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]),
      headers: {
        ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
        ...(request.agent === undefined ? {} : { 'user-agent': request.agent }),
      },
      ...(request.form === undefined ? {} : { body: new URLSearchParams(request.form) }),
    });
    return { status: response.status, text: await readBounded(response, what) };
  } catch (error) {
    if (error instanceof SourceUnavailableError) throw error;
    if (closing.aborted) throw new SourceUnavailableError('CLOSED', 'The source is closed.');
    throw failureOf(error, what, timeoutMs);
  }
}

async function readBounded(response: Response, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_BODY_BYTES) {
      // Leaving the loop cancels the body, and with it the connection.
      throw new SourceUnavailableError('GARBAGE', `${what}: the answer is larger than ${LARGEST_BODY_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failureOf(error: unknown, what: string, timeoutMs: number): SourceUnavailableError {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new SourceUnavailableError('UNREACHABLE', `${what}: no answer within ${timeoutMs} ms.`, { cause: error });
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const words = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
  // Nacos 2.3 refuses a wrong password with the status code 0, which no HTTP client reads.
  const isUnreadable = cause instanceof Error && cause.name === 'HTTPParserError';
  const failure = isUnreadable ? 'GARBAGE' : 'UNREACHABLE';
  return new SourceUnavailableError(failure, `${what}: ${words}.`, { cause: error });
}
