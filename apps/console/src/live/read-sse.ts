/** One event of a server-sent stream. `id` is the last id seen, as the standard has it. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/**
 * A parser of `text/event-stream` that is fed text in any cut: returns the events that are complete. Understands CR,
 * LF and CRLF, several data lines, comments (heartbeats) and `retry`.
 */
export function createSseParser() {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let id = '';
  let retryMs: number | undefined;

  function takeLine(line: string): SseEvent | undefined {
    if (line === '') {
      const complete = data.length > 0 ? { event: event || 'message', data: data.join('\n'), id } : undefined;
      event = '';
      data = [];
      return complete;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) retryMs = Number(value);
    return undefined;
  }

  return {
    get retryMs(): number | undefined {
      return retryMs;
    },
    feed(text: string): SseEvent[] {
      rest += text;
      const events: SseEvent[] = [];
      for (;;) {
        const end = rest.search(/[\r\n]/);
        // A CR at the very end may be the first half of a CRLF: wait for what follows.
        if (end === -1 || (rest[end] === '\r' && end === rest.length - 1)) return events;
        const line = rest.slice(0, end);
        rest = rest.slice(rest.startsWith('\r\n', end) ? end + 2 : end + 1);
        const complete = takeLine(line);
        if (complete) events.push(complete);
      }
    },
  };
}

/** Wait before attempt n (0, 1, …): doubles up to `capMs`, with full jitter so that many tabs do not return together. */
export function backOffMs(attempt: number, random: () => number, capMs = 15_000): number {
  return Math.round(250 + random() * Math.min(capMs, 500 * 2 ** attempt));
}
