import { expect, it } from 'vitest';
import { runInSteps } from './run-in-steps.ts';

function* countTo(end: number, seen: number[]): Generator<void, string> {
  for (let i = 1; i <= end; i++) {
    seen.push(i);
    yield;
  }
  return 'there';
}

it('takes every step and gives what the last one gives', async () => {
  const seen: number[] = [];
  expect(await runInSteps(countTo(1000, seen))).toBe('there');
  expect(seen).toHaveLength(1000);
});

it('lets others have their turn between slices', async () => {
  const seen: number[] = [];
  const work = runInSteps(countTo(5, seen), 0);
  const turns: number[] = [];
  const look = (): void => {
    turns.push(seen.length);
    if (seen.length < 5) setImmediate(look);
  };
  setImmediate(look);
  await work;
  // The first step is taken at once, and each of the others is one turn of the loop.
  expect(turns.filter((count) => count < 5)).toEqual([2, 3, 4]);
});

it('rejects with what a step throws', async () => {
  function* failing(): Generator<void, void> {
    yield;
    throw new Error('no');
  }
  await expect(runInSteps(failing())).rejects.toThrow('no');
});
