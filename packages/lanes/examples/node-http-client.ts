import { type ClientRequest, request } from 'node:http';
import { createOutgoingLane } from '../src/index.ts';

const outgoing = createOutgoingLane({ hosts: ['127.0.0.1', '*.svc.internal'] });

/** node:http has no place to hook into: the headers are worked out and set by hand. */
export function callInLane(url: URL): ClientRequest {
  const call = request(url);
  for (const [name, value] of Object.entries(outgoing(url, () => undefined))) {
    if (value !== undefined) call.setHeader(name, value);
  }
  return call;
}
