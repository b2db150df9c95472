import type { ServerResponse } from 'node:http';

const JSON_TYPE = 'application/json; charset=utf-8';

// No Cache-Control on either: what answers a POST is not kept unless it says so.

/** Of a text known to be ASCII: to count bytes takes longer than to decide. */
export function sendAscii(res: ServerResponse, body: string): void {
  res.writeHead(200, ['content-type', JSON_TYPE, 'content-length', String(body.length)]);
  res.end(body, 'latin1');
}

export function sendJson(res: ServerResponse, body: string): void {
  res.writeHead(200, ['content-type', JSON_TYPE, 'content-length', String(Buffer.byteLength(body))]);
  res.end(body);
}
