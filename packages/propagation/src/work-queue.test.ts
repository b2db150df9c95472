import { describe, expect, it } from 'vitest';
import { WorkQueue } from './work-queue.ts';

/** A queue whose runs end when they are told to. */
function setUp() {
  const runs: { end: () => void }[] = [];
  let active = 0;
  let mostActive = 0;
  const queue = new WorkQueue(async () => {
    mostActive = Math.max(mostActive, ++active);
    await new Promise<void>((end) => runs.push({ end }));
    active--;
  });
  return { queue, runs, mostActive: () => mostActive };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('WorkQueue', () => {
  it('makes one run of all requests that come while another runs, and never two at a time', async () => {
    const { queue, runs, mostActive } = setUp();
    const first = queue.request();
    const later = [queue.request(), queue.request(), queue.request()];
    runs[0]!.end();
    await first;
    const justAfter = queue.request();
    await settle();
    expect(runs).toHaveLength(2);
    runs[1]!.end();
    await Promise.all([...later, justAfter]);
    expect([runs.length, mostActive()]).toEqual([2, 1]);
  });

  it('resolves a request only after a run that began later', async () => {
    const { queue, runs } = setUp();
    void queue.request();
    let isDone = false;
    const second = queue.request().then(() => {
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
    void queue.request();
    const waiting = queue.request();
    const closing = queue.close();
    runs[0]!.end();
    await Promise.all([closing, waiting, queue.request()]);
    expect(runs).toHaveLength(1);
  });
});
