import type { SnapshotSource } from '@grey/route-core';
import { expect, test } from 'vitest';
import { makeUsers, readUsers } from './batch-users.ts';
import { composeRules } from './compose-rules.ts';
import { runBatch } from './run-batch.ts';

test('user ids are pasted in lines or commas, each counted once', () => {
  expect(readUsers(' a\nb,a\n\n c ')).toEqual(['a', 'b', 'c']);
  expect(makeUsers(3)).toEqual(['user-1', 'user-2', 'user-3']);
  expect(makeUsers(Number.NaN)).toEqual([]);
  expect(makeUsers(1e9).length).toBe(200_000);
});

const version = (name: string, ordinal: number) => ({ version: name, ordinal, status: 'active' as const });
const source: SnapshotSource = {
  position: { epoch: 'e', revision: 1 },
  tenants: [{ id: 't1', status: 'active' }],
  services: [
    {
      id: 'pay',
      unknownTenant: 'reject',
      balancer: 'round_robin',
      fallback: 'fail',
      defaults: [{ version: 'v1', weight: 10_000 }],
      versions: [version('v1', 1), version('v2', 2)],
    },
  ],
  assignments: [],
  schemas: [],
  holds: [],
  instances: ['v1', 'v2'].map((name) => ({
    serviceId: 'pay',
    instanceId: `i-${name}`,
    version: name,
    address: `${name}:80`,
    weight: 1,
    health: 'healthy',
    isEnabled: true,
  })),
};
const split = (first: number, second: number) => ({
  normalizePath: false,
  rules: [
    {
      id: 'r1',
      name: 'R1',
      priority: 0,
      isEnabled: true,
      target: {
        kind: 'split' as const,
        unit: { by: 'user' as const },
        whenMissing: 'tenant' as const,
        shares: [
          { version: 'v1', weight: first },
          { version: 'v2', weight: second },
        ],
      },
    },
  ],
});

test('a batch counts who gets what live and by the draft, and who would move', () => {
  const live = composeRules(source, 'pay', split(8_000, 2_000));
  const draft = composeRules(live, 'pay', split(7_000, 3_000));
  const task = { tenantId: 't1', serviceName: 'pay', metadata: {}, at: 0, users: makeUsers(10_000) };
  const result = runBatch({ ...task, live, draft }, () => 0);
  const of = (answer: string) => result.counts.find((one) => one.answer === answer);
  expect(of('v1')?.live).toBeGreaterThan(7_800);
  expect(of('v2')?.draft).toBeGreaterThan(2_800);
  // Raising a share evicts nobody: whoever moves, moves to the one that grew, and just as many as its growth.
  expect(result.moves.map(({ from, to }) => `${from} ${to}`)).toEqual(['v1 v2']);
  expect(result.changedCount).toBe((of('v2')?.draft ?? 0) - (of('v2')?.live ?? 0));
  expect(runBatch({ ...task, live }, () => 0)).toMatchObject({ hasDraft: false, changedCount: 0 });
});

test('who is drawn by chance is drawn alike on both sides', () => {
  const drawn = (below: number, version: string) => ({
    id: version,
    name: version,
    priority: 0,
    isEnabled: true,
    when: { op: 'random' as const, below },
    target: { kind: 'version' as const, version },
  });
  const live = composeRules(source, 'pay', { normalizePath: false, rules: [drawn(0.3, 'v2')] });
  const draft = composeRules(source, 'pay', { normalizePath: false, rules: [drawn(0.4, 'v2')] });
  const task = { tenantId: 't1', serviceName: 'pay', metadata: {}, at: 0, users: makeUsers(2_000) };
  expect(runBatch({ ...task, live, draft: live }, () => 0).changedCount).toBe(0);
  const { moves, counts } = runBatch({ ...task, live, draft }, () => 0);
  expect(moves.map(({ from, to }) => `${from} ${to}`)).toEqual(['v1 v2']);
  expect(counts.find(({ answer }) => answer === 'v2')?.live).toBeGreaterThan(500);
});

test('a refusal is counted under its code', () => {
  const task = { tenantId: 'nobody', serviceName: 'pay', metadata: {}, at: 0, users: ['a', 'b'] };
  expect(runBatch({ ...task, live: source }, () => 0).counts).toEqual([
    { answer: 'TENANT_UNKNOWN', isRefusal: true, live: 2, draft: 2 },
  ]);
});
