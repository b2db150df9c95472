import { expect, test } from 'vitest';
import { type Change, ChangeKind, type StreamEvent } from '../api/generated/model/index.ts';
import { queriesTouched } from './queries-touched.ts';

const position = { epoch: 'e', revision: 1 };
const changeOf = (kind: ChangeKind): StreamEvent => ({ type: 'change', change: { kind, position } as Change });

test('after a reset nothing that was read before counts', () => {
  expect(queriesTouched({ type: 'reset', position })).toBe('all');
});

test('every kind of change makes the timeline, the routers and one other view outdated', () => {
  for (const kind of Object.values(ChangeKind)) {
    const touched = queriesTouched(changeOf(kind));
    expect(touched, kind).toEqual(expect.arrayContaining([['changes'], ['routers']]));
    expect(touched.length, kind).toBeGreaterThan(3);
  }
});

test('a sync touches the tenants it may have changed', () => {
  expect(queriesTouched(changeOf('tenants.synced'))).toEqual(
    expect.arrayContaining([['tenants'], ['tenant'], ['matrix'], ['tenant-sync']]),
  );
});

test('what was taken back may be anything that can be', () => {
  const touched = queriesTouched(changeOf('change.reverted'));
  expect(touched).toEqual(expect.arrayContaining([['tenant-services'], ['rules'], ['lanes'], ['flags']]));
  expect(queriesTouched(changeOf('tenant.restored'))).toEqual(touched);
});

test('an assignment touches the tenant page and the matrix', () => {
  expect(queriesTouched(changeOf('assignment.set'))).toEqual(
    expect.arrayContaining([['tenant-services'], ['matrix'], ['versions']]),
  );
});

test('a change of instances touches their service only', () => {
  const touched = queriesTouched({ type: 'instances', serviceId: 'pay', sequence: 2, instanceCount: 1 });
  expect(touched).toContainEqual(['instances', 'pay']);
  expect(touched).toContainEqual(['discovery']);
  expect(touched).not.toContainEqual(['instances']);
});

test('instances are read again after every connection, because their events are not replayed', () => {
  expect(queriesTouched({ type: 'hello', position })).toContainEqual(['instances']);
});

test('holds and their bookkeeping show on the pages of what they hold', () => {
  for (const kind of ['hold.created', 'hold.lifted', 'rollback.undone', 'assignments.rewritten'] as const)
    expect(queriesTouched(changeOf(kind)), kind).toEqual(
      expect.arrayContaining([['holds'], ['hold'], ['rollback'], ['rollbacks'], ['tenant-services'], ['matrix']]),
    );
});

test('a step of an upgrade shows in its list, on its page, in its batch and in what the tenant runs', () => {
  for (const kind of ['upgrade.switched', 'upgrade.ended', 'upgrade_batch.updated'] as const)
    expect(queriesTouched(changeOf(kind)), kind).toEqual(
      expect.arrayContaining([
        ['upgrades', 'list'],
        ['upgrades', 'one'],
        ['upgrade-batches', 'one'],
        ['tenant-services'],
      ]),
    );
});
