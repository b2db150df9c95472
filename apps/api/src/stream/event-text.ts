import type { StreamEvent } from '@grey/contracts';

/** A server-sent event; `id` is what a client sends as Last-Event-ID to go on after it. */
export function encodeEvent(event: StreamEvent, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`;
}

/** Keeps proxies from closing a quiet connection. */
export const KEEP_ALIVE = ':\n\n';
