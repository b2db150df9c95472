import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Caller } from '../access/caller.ts';
import { WatchHub } from './watch-hub.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class Response extends EventEmitter {
  readonly written: string[] = [];
  writableNeedDrain = false;
  writeHead(): void {}
  flushHeaders(): void {}
  write(text: string): void {
    this.written.push(text);
  }
  end(): void {
    this.emit('close');
  }
}

/** A hub over one thing whose number grows, and a way to watch it. */
function makeHub() {
  const state = { number: 1 };
  const hub = new WatchHub(
    {
      readStamps: async (ids) => new Map(ids.map((id) => [id, String(state.number)])),
      readEvent: async () => ({ event: { number: state.number }, isEnded: false }),
    },
    { onRevoked: () => () => undefined },
    { alsoClose: () => undefined },
  );
  const open = (userId = 'u') => {
    const res = new Response();
    const caller = { kind: 'user', id: userId, expiresAt: Number.POSITIVE_INFINITY } as Caller;
    hub.open('thing', caller, res as unknown as ServerResponse);
    return res;
  };
  return { state, hub, open };
}
const numbers = ({ written }: Response) =>
  written.flatMap((text) => (text.startsWith('data: ') ? [JSON.parse(text.slice(6)).number] : []));

test('who is slow gets the newest once it has taken the last one, and nobody gets one twice for that', async () => {
  const { state, hub, open } = makeHub();
  const [quick, slow] = [open(), open()];
  await vi.advanceTimersByTimeAsync(400);
  slow.writableNeedDrain = true;
  state.number = 2;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(numbers(quick)).toEqual([1, 2]);
  expect(numbers(slow)).toEqual([1]);
  slow.writableNeedDrain = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect([numbers(quick), numbers(slow)]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  hub.close();
});

test('one caller has so many streams and no more, and others have theirs', () => {
  const { hub, open } = makeHub();
  const [first] = Array.from({ length: 50 }, () => open());
  expect(() => open()).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
  open('another');
  first?.end();
  open();
  expect(hub.streamCount).toBe(51);
  hub.close();
});
