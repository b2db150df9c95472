import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MemberCounts, NOBODY } from './batch-row.ts';
import { type BatchFacts, decideBatch, type WaveFacts } from './decide-batch.ts';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const wave = (over: Partial<Omit<WaveFacts, 'counts'>> & { counts?: Partial<MemberCounts> } = {}): WaveFacts => ({
  ...{ number: 1, state: 'running', failureBudget: 0, soakSeconds: 0, soakUntil: null },
  ...over,
  counts: { ...NOBODY, ...over.counts },
});
const decide = (over: Partial<BatchFacts>) =>
  decideBatch({ state: 'running', rollback: null, finishedAt: null, waves: [], ...over }, NOW);
const rollback = {
  by: { kind: 'user', id: 'u', name: 'U' },
  at: '',
  reason: 'r',
  waves: [1],
} as const;
const REST = { kind: 'rest', until: null };

describe('a batch that runs', () => {
  test('begins its waves one after the other, and none while it is paused', () => {
    const waves = [
      wave({ state: 'done' }),
      wave({ number: 2, state: 'pending' }),
      wave({ number: 3, state: 'pending' }),
    ];
    expect(decide({ waves })).toEqual({ kind: 'begin-wave', wave: 2 });
    expect(decide({ waves, state: 'paused' })).toEqual(REST);
  });

  test.each([{ queued: 1 }, { running: 1 }, { waiting: 1 }])('waits for whoever is under way: %j', (counts) => {
    expect(decide({ waves: [wave({ counts })] })).toEqual(REST);
  });

  test('takes waiting for a confirmation for a rest, and asks for it at the end', () => {
    const counts = { waiting: 2, confirmationCount: 2 };
    expect(decide({ waves: [wave({ counts })] })).toEqual({ kind: 'finish-wave', wave: 1 });
    const ended = { waves: [wave({ state: 'done', counts })] };
    expect(decide(ended)).toEqual({ kind: 'become', state: 'confirming', isEnd: false });
  });

  test('soaks between waves, not after the last', () => {
    const first = wave({ soakSeconds: 60, counts: { done: 1 } });
    const next = wave({ number: 2, state: 'pending' });
    expect(decide({ waves: [first, next] })).toEqual({ kind: 'soak-wave', wave: 1 });
    expect(decide({ waves: [first] })).toEqual({ kind: 'finish-wave', wave: 1 });
    const later = new Date(NOW.getTime() + 1);
    const soaking = { ...first, state: 'soaking', soakUntil: later } as const;
    expect(decide({ waves: [soaking, next] })).toEqual({ kind: 'rest', until: later });
    expect(decide({ waves: [{ ...soaking, soakUntil: NOW }, next] })).toEqual({ kind: 'finish-wave', wave: 1 });
  });

  test.each(['running', 'soaking'] as const)('takes a wave back that is %s, once it is over its budget', (state) => {
    const at = (failed: number, needsOperator: number) =>
      decide({ waves: [wave({ state, failureBudget: 2, counts: { failed, needsOperator, running: 5 } })] });
    expect(at(1, 1)).toEqual(REST);
    expect(at(2, 1)).toEqual({ kind: 'roll-back-wave', wave: 1, failureCount: 3 });
    expect(decide({ state: 'paused', waves: [wave({ counts: { failed: 1 } })] }).kind).toBe('roll-back-wave');
  });

  test('forgives whom somebody skipped or aborted', () => {
    expect(decide({ waves: [wave({ counts: { skipped: 3, aborted: 3 } })] }).kind).toBe('finish-wave');
  });

  test('counts who is still on its way back against the budget, and forgives whom a freeze kept from beginning', () => {
    const at = (counts: Partial<MemberCounts>) => decide({ waves: [wave({ failureBudget: 1, counts })] });
    expect(at({ failed: 1, running: 2, failingCount: 1 }).kind).toBe('roll-back-wave');
    expect(at({ running: 2, failingCount: 1 })).toEqual(REST);
    expect(at({ failed: 5, forbiddenCount: 4 }).kind).toBe('finish-wave');
    expect(at({ failed: 5, forbiddenCount: 3 }).kind).toBe('roll-back-wave');
  });

  test('does not soak where nobody was brought to the version', () => {
    const waves = (counts: Partial<MemberCounts>) => [
      wave({ soakSeconds: 60, failureBudget: 9, counts }),
      wave({ number: 2, state: 'pending' }),
    ];
    expect(decide({ waves: waves({}) }).kind).toBe('finish-wave');
    expect(decide({ waves: waves({ failed: 3 }) }).kind).toBe('finish-wave');
    expect(decide({ waves: waves({ waiting: 1, confirmationCount: 1 }) }).kind).toBe('soak-wave');
  });

  test('is done when its last wave is, unless an operator is needed', () => {
    const at = (counts: Partial<MemberCounts>) => decide({ waves: [wave({ state: 'done', counts })] });
    expect(at({ done: 3 })).toEqual({ kind: 'become', state: 'done', isEnd: true });
    expect(at({ needsOperator: 1 })).toEqual({ kind: 'become', state: 'needs_operator', isEnd: true });
    expect(at({ running: 1 })).toEqual(REST);
  });
});

describe('a batch on its way back', () => {
  const back = (counts: Partial<MemberCounts>) =>
    decide({
      state: 'rolling_back',
      rollback,
      waves: [wave({ state: 'rolling_back', counts }), wave({ number: 2, state: 'done', counts: { running: 9 } })],
    });

  test('ends when nobody of its waves is under way, but for those past the point of no return', () => {
    expect(back({ running: 2, pastReturnCount: 1 })).toEqual(REST);
    expect(back({ waiting: 1 })).toEqual(REST);
    expect(back({ running: 1, pastReturnCount: 1, aborted: 4 })).toEqual({
      kind: 'become',
      state: 'rolled_back',
      isEnd: true,
    });
    expect(back({ needsOperator: 1 })).toEqual({ kind: 'become', state: 'needs_operator', isEnd: true });
  });

  test('is taken back, and not done, once the operator has settled what was open', () => {
    const settled = { state: 'needs_operator', waves: [wave({ state: 'rolled_back' })] } as const;
    expect(decide({ ...settled, rollback })).toEqual({ kind: 'become', state: 'rolled_back', isEnd: true });
    expect(decide(settled)).toEqual({ kind: 'become', state: 'done', isEnd: true });
  });
});

describe('a batch that contracts', () => {
  test('goes between confirming and contracting as its tenants do, and ends', () => {
    const at = (state: 'confirming' | 'contracting', counts: Partial<MemberCounts>) =>
      decide({ state, waves: [wave({ state: 'done', counts })] });
    expect(at('confirming', { waiting: 1, confirmationCount: 1 })).toEqual(REST);
    expect(at('confirming', { running: 1 })).toMatchObject({ state: 'contracting' });
    expect(at('contracting', { running: 1 })).toEqual(REST);
    expect(at('contracting', { waiting: 1, confirmationCount: 1 })).toMatchObject({ state: 'confirming' });
    expect(at('contracting', { done: 1 })).toMatchObject({ state: 'done', isEnd: true });
  });
});

test('a stopped batch ends when nobody of it is under way', () => {
  const waves = [wave({ state: 'stopped', counts: { running: 1 } })];
  expect(decide({ state: 'stopped', waves })).toEqual(REST);
  expect(decide({ state: 'stopped', waves: [wave({ state: 'stopped' })] })).toMatchObject({
    state: 'stopped',
    isEnd: true,
  });
  expect(decide({ state: 'stopped', waves: [wave({ state: 'stopped' })], finishedAt: NOW })).toEqual(REST);
});

test('whatever becomes of its tenants, a batch comes to an end, and never exceeds a budget by more than its concurrency', () => {
  const outcome = fc.constantFrom('done', 'failed', 'skipped', 'needsOperator');
  const size = 5;
  const concurrency = 3;
  fc.assert(
    fc.property(
      fc.array(fc.array(outcome, { minLength: size, maxLength: size }), { minLength: 1, maxLength: 4 }),
      fc.nat(3),
      (fates, failureBudget) => {
        const waves = fates.map((_, at) => ({ ...wave({ number: at + 1, state: 'pending', failureBudget }) }));
        let facts: BatchFacts = { state: 'running', rollback: null, finishedAt: null, waves };
        const left = fates.map((fate) => [...fate]);
        const set = (number: number, change: Partial<WaveFacts>) => {
          facts = { ...facts, waves: facts.waves.map((one) => (one.number === number ? { ...one, ...change } : one)) };
        };
        for (let turn = 0; turn < 200 && facts.finishedAt === null; turn += 1) {
          const action = decideBatch(facts, NOW);
          if (action.kind === 'begin-wave') set(action.wave, { state: 'running', counts: { ...NOBODY, queued: size } });
          else if (action.kind === 'finish-wave') set(action.wave, { state: 'done' });
          else if (action.kind === 'become') facts = { ...facts, state: action.state, finishedAt: NOW };
          else if (action.kind === 'roll-back-wave') {
            const counts = facts.waves[action.wave - 1]?.counts ?? NOBODY;
            expect(action.failureCount).toBeLessThanOrEqual(failureBudget + concurrency);
            const aborted = counts.queued + counts.done;
            set(action.wave, { state: 'rolling_back', counts: { ...counts, queued: 0, done: 0, aborted } });
            facts = { ...facts, state: 'rolling_back', rollback };
          } else {
            const current = facts.waves.find(({ counts }) => counts.queued > 0);
            if (current === undefined) break;
            const counts: Record<string, number> = { ...current.counts };
            for (const fate of left[current.number - 1]?.splice(0, concurrency) ?? []) {
              counts.queued = (counts.queued ?? 0) - 1;
              counts[fate] = (counts[fate] ?? 0) + 1;
            }
            set(current.number, { counts: counts as unknown as MemberCounts });
          }
        }
        expect(facts.finishedAt).toEqual(NOW);
        const isBroken = facts.waves.some(({ counts }) => counts.failed + counts.needsOperator > failureBudget);
        expect(facts.rollback !== null).toBe(isBroken);
      },
    ),
  );
});
