import { describe, expect, it } from 'vitest';
import { HostList } from './host-list.ts';
import { parseKeyRing } from './key-ring.ts';
import { makeLane } from './lane.ts';
import { bindLane, currentLane, laneMetadata, laneOf, runInLane } from './lane-context.ts';
import { LaneCounters } from './lane-counters.ts';
import { createOutgoingLane, type OutgoingLaneOptions } from './outgoing-lane.ts';
import { readLane } from './read-lane.ts';
import { verifyLane } from './signed-lane.ts';
import { isMarked, withMark, withoutMark } from './trace-state.ts';

const beta = makeLane({ tag: 'beta', position: 'e1-7' });

function setUp(options: Partial<OutgoingLaneOptions> = {}) {
  const counters = new LaneCounters();
  const outgoing = createOutgoingLane({ hosts: ['inside'], counters, ...options });
  const ask = (url: string, headers: Record<string, string> = {}) => outgoing(new URL(url), (name) => headers[name]);
  return { counters, ask };
}

describe('the headers of an outgoing call', () => {
  it('carry tag and position twice to a host on the list', () => {
    const { ask, counters } = setUp();
    const headers = runInLane(beta, () => ask('http://inside/x', { baggage: 'a=1' }));
    expect(headers).toEqual({
      'x-grey-tag': 'beta',
      'x-grey-position': 'e1-7',
      baggage: 'grey-tag=beta,grey-position=e1-7,a=1',
      tracestate: undefined,
    });
    expect(readLane(headers)).toEqual({ lane: beta, loss: null });
    expect(counters).toMatchObject({ sent: 1, withheld: 0 });
  });

  it('carry nothing to any other host, not even what the caller has copied', () => {
    const { ask, counters } = setUp();
    const copied = {
      'x-grey-tag': 'beta',
      'x-grey-position': 'e1-7',
      baggage: 'a=1,grey-tag=beta',
      tracestate: 'grey=lane,b=2',
    };
    expect(runInLane(beta, () => ask('http://outside/', copied))).toEqual({
      'x-grey-tag': undefined,
      'x-grey-position': undefined,
      baggage: 'a=1',
      tracestate: 'b=2',
    });
    expect(counters).toMatchObject({ sent: 0, withheld: 1 });
  });

  it('replace what the caller has copied from another request', () => {
    const { ask } = setUp();
    const headers = runInLane(beta, () => ask('http://inside/', { baggage: 'grey-tag=old', 'x-grey-tag': 'old' }));
    expect(readLane(headers)).toEqual({ lane: beta, loss: null });
  });

  it('are signed at an edge, once', () => {
    const keys = parseKeyRing(`k:${'s'.repeat(32)}`);
    const { ask } = setUp({ keys, now: () => 1_000 });
    const { lane } = readLane(runInLane(beta, () => ask('http://inside/')));
    expect(verifyLane(lane, keys, () => 2_000)).toBe('valid');
    const again = runInLane(lane, () => setUp({ keys, now: () => 50_000 }).ask('http://inside/'));
    expect(readLane(again).lane).toEqual(lane);
  });

  it('mark the trace only where there is one', () => {
    const { ask } = setUp();
    const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    expect(runInLane(beta, () => ask('http://inside/', trace)).tracestate).toBe('grey=lane');
    expect(runInLane(beta, () => ask('http://inside/', { ...trace, tracestate: 'a=1' })).tracestate).toBe(
      'grey=lane,a=1',
    );
    expect(runInLane(makeLane({}), () => ask('http://inside/', { ...trace, tracestate: 'grey=lane' })).tracestate).toBe(
      undefined,
    );
  });

  it('are counted as lost outside of any request while one with a tag is under way', () => {
    const { ask, counters } = setUp();
    ask('http://inside/');
    expect(counters.lost.context_lost).toBe(0);
    counters.underWay = 1;
    ask('http://outside/');
    runInLane(makeLane({}), () => ask('http://inside/'));
    expect(counters.lost.context_lost).toBe(0);
    ask('http://inside/');
    expect(counters.lost.context_lost).toBe(1);
  });

  it('tell which members of others found no room', () => {
    const told: (readonly string[])[] = [];
    const { ask, counters } = setUp({ onDropped: (keys) => told.push(keys) });
    runInLane(beta, () => ask('http://inside/', { baggage: Array.from({ length: 64 }, (_, i) => `k${i}=`).join(',') }));
    expect([told, counters.dropped]).toEqual([[['k62', 'k63']], 2]);
  });
});

describe('the list of hosts', () => {
  it.each([
    ['orders', 'http://orders/', true],
    ['orders', 'http://ORDERS:8080/', true],
    ['orders', 'http://orders.evil/', false],
    ['orders:8080', 'http://orders:8080/', true],
    ['orders:8080', 'http://orders/', false],
    ['orders:443', 'https://orders/', true],
    ['*.svc', 'http://a.svc/', true],
    ['*.svc', 'http://svc/', false],
    ['*.svc', 'http://a.svc.evil/', false],
    ['*.svc:81', 'http://a.svc:81/', true],
    ['*.svc:81', 'http://a.svc/', false],
    ['[::1]', 'http://[::1]:9/', true],
    ['*', 'http://anything/', true],
  ])('%s and %s: %s', (pattern, url, isIncluded) => {
    expect(new HostList([pattern]).includes(new URL(url))).toBe(isIncluded);
  });
});

describe('the context', () => {
  it('is kept by a bound function that somebody else calls', async () => {
    const jobs: (() => void)[] = [];
    const seen: unknown[] = [];
    const note = () => seen.push(currentLane()?.tag);
    runInLane(beta, () => jobs.push(note, bindLane(note)));
    for (const job of jobs) job();
    runInLane(makeLane({ tag: 'gamma' }), () => {
      for (const job of jobs) job();
    });
    expect(seen).toEqual([undefined, 'beta', 'gamma', 'beta']);
  });

  it('tells /route what the call came with, and takes the lane from its answer', () => {
    expect(laneMetadata()).toEqual({});
    expect(runInLane(beta, laneMetadata)).toEqual({ tag: 'beta', position: 'e1-7' });
    const answer = { lane: 'beta', epoch: 'e1', revision: 7 };
    expect(laneOf(answer, { isStamped: true })).toEqual(beta);
    expect(laneOf(answer)).toEqual({ ...beta, position: null });
  });
});

describe('the mark in tracestate', () => {
  it('keeps to 32 members and 512 characters', () => {
    const many = Array.from({ length: 32 }, (_, i) => `k${i}=1`).join(',');
    expect(withMark(many).split(',')).toHaveLength(32);
    expect(withMark(`a=${'x'.repeat(499)}`)).toHaveLength(511);
    expect(withMark(`a=${'x'.repeat(501)}`)).toBe('grey=lane');
  });

  it('comes and goes without a trace', () => {
    expect(isMarked(withMark('a=1, b=2'))).toBe(true);
    expect(withoutMark(withMark('a=1, b=2'))).toBe('a=1,b=2');
    expect(isMarked('grey=lanes')).toBe(false);
  });
});

it('the counters are text that Prometheus reads', () => {
  const counters = new LaneCounters();
  counters.lost.conflict = 3;
  expect(counters.toPrometheus()).toContain('grey_lane_lost_total{reason="conflict"} 3\n');
  expect(counters.toPrometheus()).toContain('# TYPE grey_lane_sent_total counter\ngrey_lane_sent_total 0\n');
});
