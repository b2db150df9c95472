import { session } from '../api/session.ts';
import { createSseParser, type SseEvent } from './read-sse.ts';

/** The server sends a comment at least this often; silence for longer means that the connection is dead. */
const silenceMs = 45_000;

interface ReadStreamOptions {
  signal: AbortSignal;
  lastEventId?: string;
  /** Something came, were it only a heartbeat. */
  onAlive: () => void;
  onEvent: (event: SseEvent) => void;
}

/**
 * Reads one connection of a server-sent stream with the session's token, until it ends.
 * @returns whether there was a stream at all
 * @throws when the connection breaks or falls silent
 */
export async function readStream(url: string, options: ReadStreamOptions): Promise<boolean> {
  const { signal, lastEventId, onAlive, onEvent } = options;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    const response = await fetch(url, {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${session.current?.accessToken ?? ''}`,
        ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
      },
      cache: 'no-store',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status === 401) session.set(null);
    if (!response.ok || !response.body) return false;
    const parser = createSseParser();
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMs);
      onAlive();
      for (const event of parser.feed(text)) onEvent(event);
    }
    return true;
  } finally {
    clearTimeout(timer);
  }
}
