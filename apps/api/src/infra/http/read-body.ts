import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

/** Deepest nesting of a body; nothing in the contract but conditions comes near. */
const DEPTH_LIMIT = 32;

/**
 * Reads a JSON body of at most `limit` bytes. No body at all is `undefined`.
 *
 * @throws ApiError CONTENT_TYPE_UNSUPPORTED, BODY_TOO_LARGE, BODY_NOT_JSON, BODY_TOO_DEEP
 */
export async function readBody(request: IncomingMessage, limit: number, depthLimit = DEPTH_LIMIT): Promise<unknown> {
  const declared = Number(request.headers['content-length'] ?? 'NaN');
  if (declared > limit) throw new ApiError('BODY_TOO_LARGE', { detail: `The limit is ${limit} bytes.` });
  if (declared === 0 || (Number.isNaN(declared) && request.headers['transfer-encoding'] === undefined))
    return undefined;
  assertJson(request);
  return parseJson(await collect(request, limit), depthLimit);
}

function assertJson(request: IncomingMessage): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  const isPlain = (request.headers['content-encoding'] ?? 'identity') === 'identity';
  if (type.trim() !== 'application/json' || !isUtf8 || !isPlain) throw new ApiError('CONTENT_TYPE_UNSUPPORTED');
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = () => request.off('data', take).off('end', finish).off('error', fail).off('aborted', abort);
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        stop();
        // The rest is read and dropped, so that the answer reaches a client that is still sending.
        request.resume();
        reject(new ApiError('BODY_TOO_LARGE', { detail: `The limit is ${limit} bytes.` }));
      }
    };
    const finish = () => {
      stop();
      resolve(Buffer.concat(chunks));
    };
    const fail = (error: unknown) => {
      stop();
      reject(new ApiError('BODY_NOT_JSON', { detail: 'The body broke off.' }, { cause: error }));
    };
    const abort = () => fail(undefined);
    request.on('data', take).on('end', finish).on('error', fail).on('aborted', abort);
  });
}

/** @throws ApiError BODY_NOT_JSON, BODY_TOO_DEEP */
export function parseJson(bytes: Buffer, depthLimit = DEPTH_LIMIT): unknown {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError('BODY_NOT_JSON', { detail: 'The body is not valid UTF-8.' });
  }
  if (isTooDeep(text, depthLimit))
    throw new ApiError('BODY_TOO_DEEP', { detail: `The limit is ${depthLimit} levels.` });
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('BODY_NOT_JSON');
  }
}

/** Counts brackets outside strings before anything is built from the text. */
function isTooDeep(text: string, limit: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) isInString = false;
    } else if (code === 0x22) isInString = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}
