import { expect, it } from 'vitest';
import { RouterLease } from './router-lease.ts';

const clockAt = { ms: 0 };
const make = (options = {}) => {
  clockAt.ms = 1_000_000;
  return new RouterLease({ leaseMs: 100, lostMs: 1_000, now: () => clockAt.ms, ...options });
};
/** Known, and then read to the end: what a router has when it begins. */
const begin = (lease: RouterLease) => {
  lease.reported(lease.now());
  lease.caughtUp(lease.now());
};

it('a router that has just begun holds nothing, and may lack marks', () => {
  const lease = make();
  expect([lease.isHeld(), lease.isLost, lease.ageMs]).toEqual([false, true, Number.POSITIVE_INFINITY]);
});

it('being known is not enough, nor is having read', () => {
  const known = make();
  known.reported(clockAt.ms);
  expect([known.isHeld(), known.isLost]).toEqual([false, true]);
  const reader = make();
  reader.caughtUp(clockAt.ms);
  expect([reader.isHeld(), reader.isLost]).toEqual([false, true]);
});

it('what was read before anybody knew of the router does not count', () => {
  const lease = make();
  lease.caughtUp(clockAt.ms - 1);
  lease.reported(clockAt.ms - 2);
  expect(lease.isHeld()).toBe(false);
  lease.caughtUp(clockAt.ms - 1);
  expect(lease.isHeld()).toBe(false);
  lease.caughtUp(clockAt.ms);
  expect([lease.isHeld(), lease.isLost]).toEqual([true, false]);
});

it('lasts as long as it was made for, from when was asked and not from when the answer came', () => {
  const lease = make();
  begin(lease);
  clockAt.ms += 99;
  expect([lease.isHeld(), lease.ageMs]).toEqual([true, 99]);
  const askedAt = lease.now();
  clockAt.ms += 1;
  expect(lease.isHeld()).toBe(false);
  expect(lease.isLost).toBe(false);
  lease.reported(askedAt);
  lease.caughtUp(askedAt);
  // The pause was too long: it was not waited for meanwhile, so that it has to read again.
  expect(lease.isHeld()).toBe(false);
  lease.caughtUp(lease.now());
  expect(lease.isHeld()).toBe(true);
  clockAt.ms = askedAt + 100;
  expect(lease.isHeld()).toBe(false);
});

it('ends when either of the two is too long ago', () => {
  const unread = make();
  begin(unread);
  clockAt.ms += 60;
  unread.reported(clockAt.ms);
  clockAt.ms += 40;
  expect(unread.isHeld()).toBe(false);
  unread.caughtUp(clockAt.ms);
  expect(unread.isHeld()).toBe(true);
  const unknown = make();
  begin(unknown);
  clockAt.ms += 60;
  unknown.caughtUp(clockAt.ms);
  clockAt.ms += 40;
  expect(unknown.isHeld()).toBe(false);
  expect(unknown.ageMs).toBe(100);
});

it('an answer that comes late takes nothing back', () => {
  const lease = make();
  begin(lease);
  lease.reported(clockAt.ms - 90);
  lease.caughtUp(clockAt.ms - 90);
  clockAt.ms += 50;
  expect(lease.isHeld()).toBe(true);
});

it('without a word for very long, marks may be missing, however often it is known', () => {
  const lease = make();
  begin(lease);
  clockAt.ms += 999;
  expect(lease.isLost).toBe(false);
  clockAt.ms += 1;
  lease.reported(clockAt.ms);
  expect(lease.isLost).toBe(true);
  lease.caughtUp(clockAt.ms);
  expect(lease.isLost).toBe(false);
});

it('who reads on but cannot report is lost in the end, and until it has read after it was known again', () => {
  const lease = make();
  begin(lease);
  clockAt.ms += 600;
  lease.caughtUp(clockAt.ms);
  clockAt.ms += 399;
  expect(lease.isLost).toBe(false);
  clockAt.ms += 1;
  lease.caughtUp(clockAt.ms);
  expect(lease.isLost).toBe(true);
  clockAt.ms += 1;
  lease.reported(clockAt.ms);
  expect(lease.isLost).toBe(true);
  lease.caughtUp(clockAt.ms);
  expect([lease.isHeld(), lease.isLost]).toEqual([true, false]);
});

it('who said goodbye holds nothing any more, whatever is answered then', () => {
  const lease = make();
  begin(lease);
  lease.end();
  begin(lease);
  expect([lease.isHeld(), lease.isLost]).toEqual([false, true]);
});

it('lasts 15 seconds, and 23 hours, by a clock that no one can set', () => {
  const lease = new RouterLease();
  expect(lease.leaseMs).toBe(15_000);
  const before = performance.now();
  expect(lease.now()).toBeGreaterThanOrEqual(before);
  expect(lease.now()).toBeLessThan(before + 60_000);
  const long = make({ leaseMs: undefined, lostMs: undefined });
  begin(long);
  clockAt.ms += 23 * 3_600_000 - 1;
  expect(long.isLost).toBe(false);
  clockAt.ms += 1;
  expect(long.isLost).toBe(true);
});
