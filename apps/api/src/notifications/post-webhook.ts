import { type IncomingMessage, request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { AddressGuard } from '../infra/net/address-guard.ts';
import { endWith } from '../infra/net/end-with.ts';

/** More of an answer is not read. */
const ANSWER_BYTES = 65_536;

export interface WebhookRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For everything together: resolving, connecting, sending and the answer. */
  readonly timeoutMs: number;
}

/** The first {@link ANSWER_BYTES} of what came back. */
export interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * One POST to an address of somebody else's. Redirects are not followed, nothing is read without end, and the connection
 * goes to the address that the guard has judged.
 *
 * @throws AddressRefused; Error when there is no complete answer in time
 */
export async function postWebhook(guard: AddressGuard, request: WebhookRequest): Promise<WebhookAnswer> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  const url = new URL(request.url);
  try {
    // A name server that does not answer is part of the time as well.
    const target = await endWith(signal, guard.resolveUrl(url));
    const answer = await send(url, request, target, signal);
    return { status: answer.statusCode ?? 0, body: await readStart(answer) };
  } catch (error) {
    if (signal.aborted) throw new Error(`no answer within ${request.timeoutMs} ms`, { cause: error });
    throw error;
  }
}

function send(
  url: URL,
  { body, headers }: WebhookRequest,
  target: { address: string; family: 4 | 6 },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestByHttps : requestByHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)), 'User-Agent': 'grey-router' },
        // A kept connection would go to an address that was judged some time ago.
        agent: false,
        signal,
        maxHeaderSize: 16_384,
        // Name and certificate stay those of the URL; only the address is ours. Literal addresses are never looked up.
        lookup: (_host, options, done) => {
          if (options.all) done(null, [{ address: target.address, family: target.family }]);
          else done(null, target.address, target.family);
        },
      },
      resolve,
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function readStart(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop destroys the rest.
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}
