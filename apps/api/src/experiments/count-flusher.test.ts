import type { Decision } from '@grey/route-core';
import { Logger } from '@nestjs/common';
import { expect, test } from 'vitest';
import { DecisionCounters } from '../routing/decision-counters.ts';
import { CountFlusher } from './count-flusher.ts';
import type { CountedDecisions } from './experiment-counts.store.ts';

Logger.overrideLogger(false);
const decided = (variant: string) =>
  ({ ok: true, serviceName: 'pay', lane: null, mirror: null, experiment: { id: 'button', variant } }) as Decision;

test('what could not be written comes with the next flush, once', async () => {
  const counters = new DecisionCounters();
  const written: (readonly CountedDecisions[])[] = [];
  let isAway = true;
  const add = async (counted: readonly CountedDecisions[]) => {
    if (isAway) throw new Error('away');
    written.push(counted);
  };
  const flusher = new CountFlusher(counters, { add }, () => 7);
  counters.decided(decided('new'));
  await flusher.flush();
  counters.decided(decided('new'));
  counters.decided(decided('control'));
  isAway = false;
  await flusher.flush();
  await flusher.flush();
  expect(written).toHaveLength(1);
  expect(written[0]).toHaveLength(2);
  expect(written[0]).toContainEqual({ serviceId: 'pay', experimentId: 'button', variant: 'new', count: 2, at: 7 });
});
