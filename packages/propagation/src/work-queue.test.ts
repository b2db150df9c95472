import { describe, expect, it } from 'vitest';
import { WorkQueue } from './work-queue.ts';

/** A queue whose runs end when they are told to. */
function setUp() {
  const runs: { isTick: boolean; end: () => void }[] = [];
  let active = 0;
  let mostActive = 0;
  const queue = new WorkQueue(async (isTick) => {
    mostActive = Math.max(mostActive, ++active);
    await new Promise<void>((end) => runs.push({ isTick, end }));
    active--;
  });
  return { queue, runs, mostActive: () => mostActive };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('WorkQueue', () => {
  it('makes one run of all requests that come while another runs, and never two at a time', async () => {
    const { queue, runs, mostActive } = setUp();
    const first = queue.request(false);
    const later = [queue.request(false), queue.request(true), queue.request(false)];
    runs[0]!.end();
    await first;
    const justAfter = queue.request(false);
    await settle();
    expect(runs.map(({ isTick }) => isTick)).toEqual([false, true]);
    runs[1]!.end();
    await Promise.all([...later, justAfter]);
    expect([runs.length, mostActive()]).toEqual([2, 1]);
  });

  it('resolves a request only after a run that began later', async () => {
    const { queue, runs } = setUp();
    void queue.request(false);
    let isDone = false;
    const second = queue.request(false).then(() => {
      isDone = true;
    });
    runs[0]!.end();
    await settle();
    expect(isDone).toBe(false);
    runs[1]!.end();
    await second;
  });

  it('takes nothing more after it was closed', async () => {
    const { queue, runs } = setUp();
    void queue.request(false);
    const waiting = queue.request(true);
    const closing = queue.close();
    runs[0]!.end();
    await Promise.all([closing, waiting, queue.request(true)]);
    expect(runs).toHaveLength(1);
  });
});
