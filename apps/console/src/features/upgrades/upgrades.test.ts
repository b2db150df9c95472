import { expect, test } from 'vitest';
import { UpgradeState, type UpgradeStepView, type UpgradeSummary } from '../../api/generated/model/index.ts';
import { isHookUrl, readStartWish, wishWith } from './start-wish.ts';
import { paramsOf, readUpgradeFilters, withUpgradeFilter } from './upgrade-filters.ts';
import {
  actionsOn,
  isOver,
  needsSomebody,
  oldVersion,
  returnOf,
  shownStep,
  takenBack,
  toneOf,
} from './upgrade-state.ts';

const upgrade = (further: Partial<UpgradeSummary>) =>
  ({
    state: 'running',
    awaits: null,
    isAbortable: true,
    isPastReturn: false,
    batchId: null,
    failure: null,
    ...further,
  }) as UpgradeSummary;
const step = (name: UpgradeStepView['name'], state: UpgradeStepView['state']) => ({ name, state }) as UpgradeStepView;

test('without a word about it, those that need somebody come first', () => {
  expect(paramsOf(readUpgradeFilters({}))).toEqual({ order: 'failures' });
  const filters = readUpgradeFilters({ tenantId: 42, state: 'failed', kind: 'moon', order: 'newest', more: 1 });
  expect(filters).toEqual({ tenantId: '42', state: 'failed', order: 'newest' });
  expect(paramsOf(withUpgradeFilter(filters, 'order', ''))).toEqual({
    tenantId: '42',
    state: 'failed',
    order: 'failures',
  });
});

test('contract is confirmed only while it is waited for, and what is unproven is settled', () => {
  expect(actionsOn(upgrade({ state: 'waiting', awaits: 'confirmation' }))).toEqual(['confirm', 'cancel']);
  expect(actionsOn(upgrade({ state: 'waiting', awaits: 'time' }))).toEqual(['cancel']);
  expect(actionsOn(upgrade({ state: 'needs_operator', isAbortable: false, isPastReturn: true, batchId: 'b' }))).toEqual(
    ['settle', 'retry'],
  );
});

test('one that is being taken back is not cancelled again, one that is done is left alone', () => {
  expect(actionsOn(upgrade({ state: 'aborting' }))).toEqual([]);
  expect(actionsOn(upgrade({ state: 'done', isAbortable: false }))).toEqual([]);
});

test('only in a batch is there something that goes on without a tenant', () => {
  const failed = upgrade({ state: 'failed', isAbortable: false });
  expect(actionsOn(failed)).toEqual(['retry']);
  expect(actionsOn({ ...failed, batchId: 'b' })).toEqual(['retry', 'skip']);
});

test('every state is either over, or somebody or something may still move it', () => {
  const over = Object.values(UpgradeState).filter((state) => isOver({ state }));
  expect(over).toEqual(['done', 'aborted', 'failed', 'skipped']);
  expect(needsSomebody(upgrade({ state: 'waiting', awaits: 'confirmation' }))).toBe(true);
  expect(needsSomebody(upgrade({ state: 'waiting', awaits: 'time' }))).toBe(false);
});

test('taking back names what was begun, last first, and nothing that was not', () => {
  expect(takenBack([step('preflight', 'done'), step('mark', 'pending')])).toEqual([]);
  const steps = [step('mark', 'done'), step('expand', 'done'), step('switch', 'running'), step('fence', 'pending')];
  expect(takenBack(steps)).toEqual(['switch', 'expand', 'mark']);
  expect(takenBack([step('mark', 'done'), step('expand', 'compensated'), step('backup', 'skipped')])).toEqual(['mark']);
});

test('what failed stays to be seen when all went back, and what took nothing back is not said to be taken back', () => {
  const at = (state: UpgradeState, ...steps: UpgradeStepView[]) => ({ state, steps });
  const failed = at(
    'failed',
    ...[step('mark', 'compensated'), step('expand', 'compensated'), step('verify', 'pending')],
  );
  expect(shownStep(step('expand', 'compensated'), failed)).toBe('failedAndBack');
  expect(shownStep(step('mark', 'compensated'), failed)).toBe('compensated');
  expect(shownStep(step('backup', 'compensated'), failed)).toBe('past');
  expect(
    shownStep(step('soak', 'compensated'), at('failed', step('switch', 'compensated'), step('soak', 'compensated'))),
  ).toBe('failed');
  expect(shownStep(step('verify', 'pending'), failed)).toBe('notReached');
  expect(shownStep(step('verify', 'pending'), at('running'))).toBe('pending');
});

test('a soak alarms nobody, and there is no way from a version to itself', () => {
  expect(toneOf(upgrade({ state: 'waiting', awaits: 'time' }))).toBe('note');
  expect(toneOf(upgrade({ state: 'waiting', awaits: 'operator' }))).toBe('warn');
  expect(oldVersion({ fromVersion: 'v2', toVersion: 'v2' })).toBeNull();
  expect(oldVersion({ fromVersion: 'v1', toVersion: 'v2' })).toBe('v1');
});

test('a tenant that was taken back is never said to be past the return, and the other way round', () => {
  expect(returnOf({ state: 'running', isPastReturn: false })).toBe('open');
  expect(returnOf({ state: 'running', isPastReturn: true })).toBe('crossed');
  expect(returnOf({ state: 'failed', isPastReturn: false })).toBe('back');
  expect(returnOf({ state: 'done', isPastReturn: false })).toBe('kept');
  expect(returnOf({ state: 'done', isPastReturn: true })).toBe('contracted');
  expect(returnOf({ state: 'needs_operator', isPastReturn: false })).toBe('unknown');
});

test('another service asks for its version anew', () => {
  const wish = readStartWish({ tenant: 'acme', service: 'pay', version: 2, kind: 'schema' });
  expect(wish).toEqual({ tenant: 'acme', service: 'pay', version: '2', kind: 'schema' });
  expect(wishWith(wish, 'service', 'shop')).toEqual({ tenant: 'acme', service: 'shop', kind: 'schema' });
  expect(wishWith(wish, 'kind', '')).toEqual({ tenant: 'acme', service: 'pay', version: '2' });
});

test('a hook is an address of the web, or none', () => {
  expect(['', 'http://gate/x', 'https://gate'].map(isHookUrl)).toEqual([true, true, true]);
  expect(['gate', 'ftp://gate', 'http://', 'javascript:alert(1)'].map(isHookUrl)).toEqual([false, false, false, false]);
});
