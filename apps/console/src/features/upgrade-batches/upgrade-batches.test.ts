import { createBatchSchema, planBatchSchema } from '@grey/contracts';
import { expect, test } from 'vitest';
import type { BatchCounts, UpgradeBatch } from '../../api/generated/model/index.ts';
import { emptyDraft, faultsOf, newWave, presets, requestOf, wavesOf } from './batch-draft.ts';
import {
  actionsOnBatch,
  batchToneOf,
  endedCount,
  isBatchOver,
  minutesLeft,
  readBatchView,
  segments,
  standingOf,
} from './batch-state.ts';

const draft = { ...emptyDraft(), serviceId: 'pay', toVersion: '2.0.0' };
const counts: BatchCounts = {
  total: 100,
  queued: 50,
  running: 5,
  waiting: 20,
  done: 20,
  failed: 1,
  aborted: 2,
  skipped: 1,
  needsOperator: 1,
};
const batch = (further: Partial<UpgradeBatch>) =>
  ({ state: 'running', counts, ratePerMinute: 10, options: { contract: 'ask' }, ...further }) as UpgradeBatch;

test('every preset makes a request that the contract takes, and ends with everybody', () => {
  for (const preset of presets) {
    const request = requestOf({ ...draft, waves: wavesOf(preset) });
    expect(planBatchSchema.safeParse(request).error, preset).toBeUndefined();
    expect(request.waves.at(-1)?.select, preset).toEqual({ kind: 'rest' });
  }
  expect(createBatchSchema.safeParse({ ...requestOf(draft), planToken: 'x' }).success).toBe(true);
});

test('what is missing is named before a plan is asked for', () => {
  expect(faultsOf(draft)).toEqual([]);
  expect(faultsOf(emptyDraft())).toEqual(['service', 'version']);
  expect(faultsOf({ ...draft, scope: 'tag', scopeText: ' ' })).toEqual(['scope']);
  expect(faultsOf({ ...draft, waves: [] })).toEqual(['waves']);
  expect(faultsOf({ ...draft, waves: [newWave({ kind: 'percent' })] })).toEqual(['wave']);
  expect(faultsOf({ ...draft, waves: [newWave({ kind: 'tag', text: 'two words' })], concurrency: '' })).toEqual([
    'wave',
    'concurrency',
  ]);
});

test('minutes in the form are seconds in the request, and empty fields are left out of it', () => {
  const waves = [
    newWave({ kind: 'tenants', text: 'a, b\nb', soakMinutes: 1.5, maxSize: 7, name: ' first ' }),
    newWave(),
  ];
  expect(requestOf({ ...draft, waves, scope: 'tag', scopeText: ' beta ' })).toMatchObject({
    scope: { kind: 'tag', tag: 'beta' },
    waves: [
      { select: { kind: 'tenants', tenantIds: ['a', 'b'] }, soakSeconds: 90, maxSize: 7, name: 'first' },
      { select: { kind: 'rest' }, soakSeconds: 0 },
    ],
  });
  expect(requestOf(draft)).not.toHaveProperty('fromVersion');
});

test('an empty budget forgives nothing', () => {
  expect(requestOf({ ...draft, budgetCount: '', budgetPercent: '' }).failureBudget).toEqual({ count: 0 });
  expect(requestOf({ ...draft, budgetCount: '', budgetPercent: 5 }).failureBudget).toEqual({ percent: 5 });
  expect(requestOf({ ...draft, budgetCount: 3, budgetPercent: 5 }).failureBudget).toEqual({ count: 3, percent: 5 });
});

test('the parts of a bar add up to all tenants of it', () => {
  expect(segments.reduce((sum, segment) => sum + counts[segment], 0)).toBe(counts.total);
  expect(endedCount(counts)).toBe(24);
});

test('the time left is told only while tenants end', () => {
  const leaving = { contract: 'leave' } as UpgradeBatch['options'];
  expect(minutesLeft(batch({ options: leaving }))).toBe(8);
  expect(minutesLeft(batch({ state: 'contracting' }))).toBe(8);
  expect(minutesLeft(batch({}))).toBeUndefined();
  expect(minutesLeft(batch({ options: leaving, ratePerMinute: 0 }))).toBeUndefined();
  expect(minutesLeft(batch({ options: leaving, state: 'paused' }))).toBeUndefined();
});

test('a batch that ended is green only when all of it was done', () => {
  const ended = (further: Partial<BatchCounts>) => {
    const nobody = { ...counts, queued: 0, running: 0, waiting: 0, done: 0, failed: 0, aborted: 0, needsOperator: 0 };
    return batch({ state: 'done', counts: { ...nobody, ...further } });
  };
  expect([standingOf(ended({ done: 99 })), batchToneOf(ended({ done: 99 }))]).toEqual(['done', 'good']);
  expect([standingOf(ended({ done: 9, failed: 1 })), batchToneOf(ended({ done: 9, failed: 1 }))]).toEqual([
    'done_in_part',
    'warn',
  ]);
  expect(standingOf(ended({ aborted: 14 }))).toBe('done_for_nobody');
  // All were there already.
  expect(standingOf(ended({ skipped: 5 }))).toBe('done');
});

test('a batch is paused while it runs, resumed while it is paused, and done for good', () => {
  expect(actionsOnBatch(batch({}))).toEqual(['pause', 'rollback']);
  expect(actionsOnBatch(batch({ state: 'paused' }))).toEqual(['resume', 'rollback']);
  expect(actionsOnBatch(batch({ state: 'confirming' }))).toEqual(['confirm', 'rollback']);
  expect(actionsOnBatch(batch({ state: 'done' }))).toEqual([]);
  expect(isBatchOver(batch({ state: 'stopped', finishedAt: null }))).toBe(false);
  expect([readBatchView({ wave: '2' }), readBatchView({ wave: 0 })]).toEqual([{ wave: 2 }, {}]);
});
