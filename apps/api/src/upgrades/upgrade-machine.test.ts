import { readFileSync } from 'node:fs';
import { type UpgradeState, upgradeStates } from '@grey/contracts';
import { describe, expect, it } from 'vitest';
import { currentStep } from './current-step.ts';
import { withDiagram } from './draw-machine.ts';
import {
  advance,
  isEnded,
  type MachineState,
  nextStep,
  pendingSteps,
  stepsOf,
  stepsToCompensate,
  transitions,
  type UpgradeEvent,
  upgradeEvents,
} from './upgrade-machine.ts';

const AT = '2026-11-22T00:00:00.000Z';
const begin = (kind: 'schema' | 'service', contract: 'ask' | 'leave'): MachineState => ({
  state: 'queued',
  steps: pendingSteps(stepsOf(kind, { contract })),
  awaits: null,
  endsAs: null,
  isPastReturn: false,
});

/** Whatever can happen, at every place; a step waits for each of the things it can wait for. */
const events: readonly UpgradeEvent[] = upgradeEvents.flatMap((kind): UpgradeEvent[] => {
  if (kind === 'step waits')
    return (['confirmation', 'time', 'operator'] as const).map((awaits) => ({ kind, at: AT, awaits }));
  return [{ kind, at: AT }];
});

/** Events that steps bring about come only where such a step can be. */
function isPossible(at: MachineState, { kind }: UpgradeEvent): boolean {
  const current = nextStep(at.steps)?.name;
  if (kind === 'contract begins' || kind === 'contract taken back')
    return at.state === 'aborting' || current === 'contract';
  if (kind.startsWith('step ')) return at.state !== 'aborting' || nextStep(at.steps)?.state === 'running';
  return true;
}

/** Every state that can be reached, without what only tells of it. */
function explore(first: MachineState): MachineState[] {
  const keyOf = ({ state, steps, awaits, endsAs, isPastReturn }: MachineState) =>
    JSON.stringify([state, steps.map((step) => step.state), awaits, endsAs, isPastReturn]);
  const seen = new Map([[keyOf(first), first]]);
  const queue = [first];
  for (let at = queue.shift(); at !== undefined; at = queue.shift())
    for (const event of events) {
      if (!isPossible(at, event)) continue;
      const next = advance(at, event);
      if (next === undefined || seen.has(keyOf(next))) continue;
      seen.set(keyOf(next), next);
      queue.push(next);
    }
  return [...seen.values()];
}

const reachable = [
  ...explore(begin('service', 'ask')),
  ...explore(begin('service', 'leave')),
  ...explore(begin('schema', 'ask')),
  ...explore(begin('schema', 'leave')),
];

describe('the machine of an upgrade', () => {
  it('stays at the step that failed when all is taken back, whatever was skipped before it', () => {
    const skipped: UpgradeEvent = { kind: 'step done', at: AT, isSkipped: true };
    const happens = (at: MachineState, { kind, ...more }: UpgradeEvent) =>
      advance(at, { kind, ...more }) ?? expect.fail(`${kind} in ${at.state}`);
    const done: UpgradeEvent = { kind: 'step done', at: AT };
    const there = [{ kind: 'claimed', at: AT } as const, done, done, skipped];
    const expands = there.reduce(happens, begin('service', 'ask'));
    expect(currentStep(expands)?.name).toBe('expand');
    let back = happens(expands, { kind: 'step failed', at: AT });
    expect(currentStep(back)?.name).toBe('expand');
    while (back.state === 'aborting') back = happens(back, { kind: 'compensated', at: AT });
    expect(back.steps.map(({ state }) => state)).toContain('skipped');
    expect([back.state, currentStep(back)?.name]).toEqual(['failed', 'expand']);
  });

  it('can come to every state, by every way of its table', () => {
    const ways = new Set<string>();
    for (const at of reachable)
      for (const event of events) {
        const next = isPossible(at, event) ? advance(at, event) : undefined;
        if (next !== undefined) ways.add(`${at.state} ${event.kind} ${next.state}`);
      }
    expect(new Set(reachable.map(({ state }) => state))).toEqual(new Set(upgradeStates));
    expect([...new Set(transitions.map(({ from, event, to }) => `${from} ${event} ${to}`))].sort()).toEqual(
      [...ways].sort(),
    );
  });

  it('aborts in every state, or is past the return, or over', () => {
    for (const at of reachable) {
      const aborted = advance(at, { kind: 'abort', at: AT });
      if (aborted === undefined) expect(at.isPastReturn || isEnded(at.state), JSON.stringify(at)).toBe(true);
      else expect(comeBack(aborted), JSON.stringify(at)).toBe('aborted');
    }
  });

  it('takes back all that was begun, the last first, and nothing else', () => {
    for (const at of reachable.filter(({ state }) => state === 'aborting')) {
      const names = stepsToCompensate(at.steps).map(({ name }) => name);
      const order = at.steps.map(({ name }) => name);
      expect(names).toEqual(order.filter((name) => names.includes(name)).toReversed());
      expect(at.isPastReturn).toBe(false);
    }
  });

  it('is at the old once it ended as aborted or failed: no step of it stands', () => {
    for (const at of reachable.filter(({ state }) => state === 'aborted' || state === 'failed'))
      expect(stepsToCompensate(at.steps), JSON.stringify(at)).toEqual([]);
  });

  it('is at the new once it is done: every step of it stands', () => {
    for (const at of reachable.filter(({ state }) => state === 'done'))
      expect(nextStep(at.steps), JSON.stringify(at)).toBeUndefined();
  });

  it('has a way on from every state that is not an end', () => {
    for (const at of reachable.filter(({ state }) => !isEnded(state)))
      expect(
        events.some((event) => isPossible(at, event) && advance(at, event) !== undefined),
        JSON.stringify(at),
      ).toBe(true);
  });

  it('lets contract begin only while it goes forward, and only contract takes the way back', () => {
    for (const at of reachable) {
      const begun = advance(at, { kind: 'contract begins', at: AT });
      expect(begun === undefined || at.state === 'running').toBe(true);
      if (at.isPastReturn) expect(advance(at, { kind: 'skip', at: AT })?.state ?? 'skipped').toBe('skipped');
    }
  });

  it('begins anew from its first step when what had ended is retried', () => {
    for (const state of ['aborted', 'failed', 'skipped'] as const satisfies UpgradeState[]) {
      const ended = reachable.filter((at) => at.state === state);
      expect(ended.length).toBeGreaterThan(0);
      for (const at of ended.filter(({ isPastReturn }) => !isPastReturn))
        expect(advance(at, { kind: 'retry', at: AT })).toMatchObject({
          state: 'queued',
          endsAs: null,
          steps: pendingSteps(at.steps.map(({ name }) => name)),
        });
    }
  });

  it('does not begin anew where contract had begun: it would find nothing to do, and say that it is done', () => {
    const half = reachable.filter(({ state, isPastReturn }) => isPastReturn && state === 'skipped');
    expect(half.length).toBeGreaterThan(0);
    for (const at of half) expect(advance(at, { kind: 'retry', at: AT })).toBeUndefined();
  });

  it('goes on under a claim with a new attempt, but looks again at what it waits for without one', () => {
    const run = advance(begin('schema', 'leave'), { kind: 'claimed', at: AT })!;
    const again = advance(run, { kind: 'claimed', at: AT })!;
    const waits = advance(again, { kind: 'step waits', at: AT, awaits: 'time' })!;
    const looks = advance(waits, { kind: 'claimed', at: AT })!;
    expect([run, again, waits, looks].map(({ steps }) => steps[0]?.attempt)).toEqual([1, 2, 2, 2]);
  });

  it('is drawn in the guide as its table is', () => {
    const guide = readFileSync(new URL('../../../../docs/guides/upgrades.md', import.meta.url), 'utf8');
    expect(withDiagram(guide)).toBe(guide);
  });
});

/** Follows the way back to its end. */
function comeBack(from: MachineState): UpgradeState {
  let at = from;
  for (let count = 0; at.state === 'aborting' && count < 20; count += 1)
    at = advance(at, { kind: 'compensated', at: AT }) as MachineState;
  return at.state;
}
