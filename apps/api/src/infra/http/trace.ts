import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { CallRequest } from './call-request.ts';

/** Takes the trace id of a W3C `traceparent`, or makes one, so that an answer and its log lines can be brought together. */
export function traceRequest(request: CallRequest, _response: ServerResponse, next: () => void): void {
  const sent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(String(request.headers.traceparent ?? ''));
  request.traceId = sent?.[1] ?? randomBytes(16).toString('hex');
  next();
}
