import { makeLane, parseKeyRing, signLane } from '@grey/lanes';
import { expect, it } from 'vitest';
import { createLaneVerifier } from './lane-verifier.ts';

const keys = parseKeyRing(`k:${'s'.repeat(32)}`);
const clock = { now: 1_800_000_000_000 };
const now = () => clock.now;

it('remembers what is valid, for this tag and position only, and not beyond its end', () => {
  const verify = createLaneVerifier(keys, now);
  const signed = signLane(makeLane({ tag: 'beta', position: 'e1-7' }), keys, { now, lifetimeMs: 60_000 });
  expect([verify(signed), verify(signed)]).toEqual(['valid', 'valid']);
  expect(verify({ ...signed, tag: 'gamma' })).toBe('forged');
  expect(verify({ ...signed, position: null })).toBe('forged');
  expect(verify({ ...signed, position: null, tag: 'e1-7 beta' })).toBe('forged');
  expect(verify({ ...signed, proof: null })).toBe('unsigned');
  clock.now += 60_000;
  expect(verify(signed)).toBe('expired');
});

it('finds everything unsigned without keys', () => {
  expect(createLaneVerifier(undefined, now)(signLane(makeLane({ tag: 'beta' }), keys))).toBe('unsigned');
});
