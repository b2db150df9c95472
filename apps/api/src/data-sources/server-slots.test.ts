import { expect, test } from 'vitest';
import { ServerBusy, ServerSlots } from './server-slots.ts';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('no more than the limit use one server at a time, and others do not wait for it', async () => {
  const slots = new ServerSlots(2);
  const ends: (() => void)[] = [];
  const started: string[] = [];
  const use = (server: string, name: string) =>
    slots.run(server, never, async () => {
      started.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
    });
  const all = [use('a:1', '1'), use('a:1', '2'), use('a:1', '3'), use('a:1', '4'), use('b:1', 'other')];
  await turn();
  expect(started).toEqual(['1', '2', 'other']);
  ends[0]?.();
  await turn();
  expect(started).toEqual(['1', '2', 'other', '3']);
  for (let at = 1; at < 5; at += 1) {
    ends[at]?.();
    await turn();
  }
  await Promise.all(all);
  expect(started.at(-1)).toBe('4');
});

test('who waits too long is told so, and takes nobody’s place', async () => {
  const slots = new ServerSlots(1);
  const first = Promise.withResolvers<void>();
  const holding = slots.run('a:1', never, () => first.promise);
  const impatient = new AbortController();
  const waiting = slots.run('a:1', impatient.signal, async () => 'never');
  const patient = slots.run('a:1', never, async () => 'done');
  impatient.abort();
  await expect(waiting).rejects.toThrow(ServerBusy);
  first.resolve();
  await holding;
  expect(await patient).toBe('done');
  await expect(slots.run('a:1', never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await slots.run('a:1', never, async () => 'free again')).toBe('free again');
});
