import type { Decision, DecisionRequest } from '@grey/route-core';
import { expect, test } from 'vitest';
import { DecisionSamples, SAMPLE_CAPACITY } from './decision-samples.ts';
import { KeptNames } from './kept-names.ts';

const asked = (serviceName: string, path = '/'): DecisionRequest => ({
  tenantId: 't',
  serviceName,
  metadata: { path },
});
const routed = (serviceName: string) => ({ ok: true, serviceName, version: 'v1', reason: 'DEFAULT' }) as Decision;
const refused = (code: string) => ({ ok: false, code }) as Decision;

function start() {
  let clock = 1_000;
  const samples = new DecisionSamples({ isOn: true, keptNames: new KeptNames(''), now: () => clock++ });
  return samples;
}

test('keeps a bounded sample of each service, with what was decided', () => {
  const samples = start();
  for (let count = 0; count < 3 * SAMPLE_CAPACITY; count++) samples.see(asked('pay', `/${count}`), routed('pay'));
  samples.see(asked('shop'), refused('NO_INSTANCE'));
  const pay = samples.of('pay');
  expect([pay.items.length, pay.seenCount, pay.since]).toEqual([SAMPLE_CAPACITY, 3 * SAMPLE_CAPACITY, 1_000]);
  expect(pay.items.some((item) => Number(item.request.metadata?.path?.slice(1)) >= SAMPLE_CAPACITY)).toBe(true);
  expect(samples.of('shop').items).toMatchObject([{ code: 'NO_INSTANCE', version: null }]);
  samples.clear('pay');
  expect(samples.of('pay')).toEqual({ items: [], seenCount: 0, since: null });
});

test('names that nobody configured take no place', () => {
  const samples = start();
  for (let count = 0; count < 500; count++) samples.see(asked(`made-up-${count}`), refused('SERVICE_UNKNOWN'));
  expect(samples.of('made-up-1').seenCount).toBe(0);
  for (let count = 0; count < 300; count++) samples.see(asked(`service-${count}`), routed(`service-${count}`));
  expect([samples.of('service-199').seenCount, samples.of('service-200').seenCount]).toEqual([1, 0]);
});
