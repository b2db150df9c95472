import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONTRACT, EXPAND, Killed, newWorld, partsOf, type World } from '../testing/saga-world.ts';
import { UpgradeDrive } from '../upgrade-drive.ts';
import { advance, isEnded } from '../upgrade-machine.ts';

// A worker that is killed says so, thousands of times.
Logger.overrideLogger(false);
const before = { tenantId: 't', serviceId: 's', schemaVersion: 0, expandedTo: 0, isMigrating: false };
const run = fc.record({
  killAfter: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(1_000)),
  failures: fc.array(fc.boolean(), { maxLength: 6 }).map((all) => all.map((one, at) => one && at % 2 === 1)),
  routersLag: fc.nat(3),
  abortAfter: fc.oneof(fc.constant(false), fc.boolean()),
  confirms: fc.boolean(),
  takesBack: fc.constantFrom(false, false, true),
});
const AT = '2026-01-01T00:00:00.000Z';

/** As an operator would, between two turns of workers. */
function tell(world: World, kind: 'abort' | 'confirm' | 'retry' | 'take back'): void {
  const next = advance(world.row, { kind, at: AT });
  if (next === undefined) return;
  const by = { kind: 'user', id: 'u', name: 'Una' } as const;
  const confirmation = kind === 'confirm' ? { by, at: AT, reason: 'good', forgetRouters: [] } : world.row.confirmation;
  world.row = { ...world.row, ...next, confirmation };
}

/** What must be so at every moment: nobody is led to a version that the tenant's schema does not serve. */
function assertServed({ assigned, schema, tenant }: World): void {
  const isExpanded = EXPAND.every((one) => tenant.applied.includes(one));
  const isContracting = CONTRACT.some((one) => tenant.applied.includes(one));
  if (schema !== null && schema.expandedTo === 1) expect(isExpanded, 'expandedTo says what is there').toBe(true);
  if (isContracting) expect(schema?.schemaVersion, 'the old version is refused before contract').toBe(1);
  if (assigned?.version === 'v2' && schema?.expandedTo === 1) expect(isExpanded).toBe(true);
  if (assigned?.version === 'v1') expect(isContracting, 'nobody is left behind').toBe(false);
}

/** One worker's turn: it takes the claim, and works until it rests or is killed. */
async function turn(world: World, luck: Parameters<typeof partsOf>[1]): Promise<void> {
  const next = advance(world.row, { kind: 'claimed', at: AT });
  if (next === undefined) return;
  world.row = { ...world.row, ...next, awaits: null, claimNumber: world.row.claimNumber + 1n };
  const drive = new UpgradeDrive(partsOf(world, luck, assertServed), world.row);
  await drive.run().catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
}

test('an upgrade ends at old or new, never between, whatever is killed, fails, or is aborted', async () => {
  let oldCount = 0;
  let newCount = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { maxLength: 8 }),
      fc.constantFrom('ask', 'leave'),
      fc.boolean(),
      async (runs, contract, isRecorded) => {
        const world = newWorld(contract, isRecorded ? { ...before } : null);
        for (const { abortAfter, confirms, takesBack, ...luck } of runs) {
          await turn(world, { ...luck, failures: [...luck.failures] });
          assertServed(world);
          if (confirms) tell(world, 'confirm');
          if (abortAfter) tell(world, 'abort');
          if (takesBack) tell(world, 'take back');
        }
        // Then nothing goes wrong any more, and somebody settles what waits for a person.
        for (let at = 0; at < 20 && !isEnded(world.row.state); at += 1) {
          await turn(world, { killAfter: 1_000, failures: [], routersLag: 0 });
          tell(world, world.row.awaits === 'confirmation' ? 'confirm' : 'retry');
        }
        const { row, assigned, schema, tenant } = world;
        if (row.state === 'done') {
          newCount += 1;
          expect(assigned?.version).toBe('v2');
          expect(tenant.applied).toEqual(contract === 'ask' ? [...EXPAND, ...CONTRACT] : EXPAND);
          expect(schema).toEqual({ ...before, schemaVersion: contract === 'ask' ? 1 : 0, expandedTo: 1 });
        } else {
          oldCount += 1;
          expect(['aborted', 'failed']).toContain(row.state);
          expect(assigned).toEqual({ version: 'v1', isPinned: false });
          expect(tenant.applied).toEqual([]);
          expect(schema).toEqual(isRecorded ? before : null);
        }
      },
    ),
    { numRuns: 2_000 },
  );
  expect(Math.min(oldCount, newCount), 'both ends were seen often').toBeGreaterThan(100);
});
