import type { Decision } from '@grey/route-core';
import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { DecisionCounters } from './decision-counters.ts';
import { DecisionListeners } from './decision-listeners.ts';

const routed = (over: object = {}) =>
  ({ ok: true, serviceName: 'pay', lane: null, mirror: null, experiment: null, ...over }) as Decision;
const inVariant = (variant: string, id = 'colour') => routed({ experiment: { id, variant } });

describe('DecisionCounters', () => {
  it('counts variants until they are taken, and takes back what could not be written', () => {
    const counters = new DecisionCounters();
    for (const variant of ['red', 'red', 'blue']) counters.decided(inVariant(variant));
    counters.decided(routed());
    const one = { serviceId: 'pay', experimentId: 'colour' };
    const taken = counters.take();
    expect(taken).toEqual([
      { ...one, variant: 'red', count: 2 },
      { ...one, variant: 'blue', count: 1 },
    ]);
    expect(counters.take()).toEqual([]);
    counters.decided(inVariant('blue'));
    counters.giveBack(taken);
    expect(counters.take()).toEqual([
      { ...one, variant: 'blue', count: 2 },
      { ...one, variant: 'red', count: 2 },
    ]);
  });

  it('prints what was counted since the start, whoever has taken counts meanwhile', async () => {
    const counters = new DecisionCounters();
    counters.decided(inVariant('red'));
    counters.take();
    counters.decided(inVariant('red'));
    counters.decided(routed({ lane: 'beta', mirror: { version: 'v2' } }));
    counters.noted('tag_stripped');
    counters.noted('position_missed');
    counters.decided({ ok: false, code: 'NO_INSTANCE', serviceName: 'pay' } as Decision);
    const text = await counters.print();
    for (const line of [
      'grey_router_experiment_decisions_total{service="pay",experiment="colour",variant="red"} 2',
      'grey_router_lane_decisions_total{service="pay",lane="beta"} 1',
      'grey_router_mirror_decisions_total{service="pay",version="v2"} 1',
      'grey_router_request_notes_total{outcome="tag_stripped"} 1',
      'grey_router_request_notes_total{outcome="position_missed"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('bounds its labels', async () => {
    const counters = new DecisionCounters();
    for (let i = 0; i < 5_100; i++) counters.decided(routed({ lane: `l${i}` }));
    const lines = (await counters.print()).split('\n').filter((line) => line.startsWith('grey_router_lane'));
    expect(lines).toHaveLength(5_001);
    expect(lines).toContain('grey_router_lane_decisions_total{service="other",lane="other"} 100');
  });
});

describe('DecisionListeners', () => {
  it('takes off one that fails and goes on with the others', () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const listeners = new DecisionListeners();
    const seen: string[] = [];
    listeners.add(() => {
      throw new Error('broken');
    });
    const end = listeners.add((request) => seen.push(request.tenantId));
    const request = { tenantId: 't1', serviceName: 'pay' };
    listeners.tell(request, routed());
    listeners.tell(request, routed());
    expect([seen, error.mock.calls.length]).toEqual([['t1', 't1'], 1]);
    end();
    listeners.tell(request, routed());
    expect(seen).toHaveLength(2);
    error.mockRestore();
  });
});
