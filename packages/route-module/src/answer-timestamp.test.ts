import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTimestamps } from './answer-timestamp.ts';

it('is what toISOString says, whichever way the clock goes', () => {
  const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
  const step = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -2_000, max: 2_000 }), fc.constant(0));
  fc.assert(
    fc.property(time, fc.array(step, { maxLength: 30 }), (first, steps) => {
      let now = first;
      const timestamp = createTimestamps(() => now);
      for (const by of [0, ...steps]) {
        now = Math.max(0, now + by);
        expect(timestamp()).toBe(new Date(now).toISOString());
      }
    }),
  );
});
