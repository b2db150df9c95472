import type { MigrationSet } from '@grey/schema-upgrades';
import { expect, test } from 'vitest';
import { judgeDrift } from './judge-drift.ts';
import type { KeptLedgerRow } from './schema-check-row.ts';

const row = (name: string, more: Partial<KeptLedgerRow> = {}): KeptLedgerRow => ({
  name,
  checksum: `sum of ${name}`,
  phase: 'expand',
  state: 'applied',
  upgradeId: 'u',
  by: 'b',
  statement: 1,
  message: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  ...more,
});
const sets = [{ migrations: [{ name: '0001', checksum: 'sum of 0001' }] }] as unknown as MigrationSet[];
const fresh = { drift: 'unknown', baseline: null, digest: null, acceptedDigest: null } as const;
const known = { ...fresh, drift: 'none', baseline: 'A' } as const;

test('the first look is the baseline only when ledger and sets agree', () => {
  expect(judgeDrift(fresh, { live: 'A', ledger: [row('0001')] }, sets, false)).toMatchObject({
    drift: 'none',
    isFirst: true,
  });
  const strange = judgeDrift(fresh, { live: 'A', ledger: [row('0009')] }, sets, false);
  expect(strange).toMatchObject({ drift: 'drifted', isFirst: false, isNews: true });
  expect(strange.ledgerFaults).toEqual(['0009 is in the ledger, and no version here brings it']);
});

test('another text, and what needs an operator, are faults; what was taken back or is merely unfinished is none', () => {
  const faults = (one: KeptLedgerRow) => judgeDrift(known, { live: 'A', ledger: [one] }, sets, false).ledgerFaults;
  expect(faults(row('0001', { checksum: 'other' }))).toEqual([expect.stringContaining('another text')]);
  expect(faults(row('0001', { state: 'needs_operator', message: 'half' }))).toEqual(['0001 needs an operator: half']);
  expect(faults(row('0009', { state: 'reverted' }))).toEqual([]);
  expect(faults(row('0001', { state: 'running' }))).toEqual([]);
});

test('while an upgrade is under way nothing is drift', () => {
  expect(judgeDrift(known, { live: 'B', ledger: [] }, sets, true)).toMatchObject({ drift: 'none', isNews: false });
});

test('what was accepted is accepted until it changes; the same drift is no news twice', () => {
  const seen = judgeDrift(known, { live: 'B', ledger: [] }, sets, false);
  expect(seen).toMatchObject({ drift: 'drifted', isNews: true });
  const again = { ...known, drift: 'drifted', digest: seen.digest } as const;
  expect(judgeDrift(again, { live: 'B', ledger: [] }, sets, false)).toMatchObject({ drift: 'drifted', isNews: false });
  const accepted = { ...again, drift: 'accepted', acceptedDigest: seen.digest } as const;
  expect(judgeDrift(accepted, { live: 'B', ledger: [] }, sets, false).drift).toBe('accepted');
  expect(judgeDrift(accepted, { live: 'C', ledger: [] }, sets, false)).toMatchObject({
    drift: 'drifted',
    isNews: true,
  });
  expect(judgeDrift(accepted, { live: 'A', ledger: [] }, sets, false).drift).toBe('none');
});
