import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorCode, errorCodes, type Problem, problemOf } from '@grey/contracts';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** The trace id that the caller sent as W3C `traceparent`, else a new one. */
export function traceIdOf(req: IncomingMessage): string {
  const header = req.headers.traceparent;
  const sent = typeof header === 'string' ? TRACEPARENT.exec(header)?.[1] : undefined;
  return sent !== undefined && !/^0+$/.test(sent) ? sent : randomBytes(16).toString('hex');
}

/** Answers with RFC 9457 problem details, the same document as every other endpoint of the API gives. */
export function sendProblem(
  req: IncomingMessage,
  res: ServerResponse,
  code: ErrorCode,
  extra: Partial<Pick<Problem, 'detail' | 'errors' | 'traceId'>> = {},
  headers: Record<string, string> = {},
): void {
  const path = (req.url ?? '/').split('?', 1)[0]!.slice(0, 300).toWellFormed();
  const body = JSON.stringify(problemOf(code, { instance: path, traceId: traceIdOf(req), ...extra }));
  res.writeHead(errorCodes[code].status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(errorCodes[code].status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...headers,
  });
  res.end(body);
}
