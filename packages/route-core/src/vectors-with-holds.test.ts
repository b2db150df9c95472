import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as engine from './index.ts';
import { assertHold, type HoldRecord, type SnapshotSource } from './index.ts';
import { runVector, type VectorCase, type VectorFile } from './testing/run-vector.ts';

const folder = new URL('../vectors/', import.meta.url);
const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as VectorFile);

/** Draws that do not end: a world with a hold may draw more often than the vector foresaw. */
function* draws(): Generator<number> {
  for (let state = 1; ; state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) yield state / 0x80000000;
}
const many = draws();

/** The vector in a world that holds one version more. */
function withHold(vector: VectorCase, hold: HoldRecord): VectorCase {
  const lay = (source: SnapshotSource): SnapshotSource => ({ ...source, holds: [...source.holds, hold] });
  return {
    ...vector,
    source: lay(vector.source),
    ...(vector.earlier ? { earlier: lay(vector.earlier) } : {}),
    random: [...(vector.random ?? []), ...Array.from({ length: 200 }, () => many.next().value as number)],
    now: vector.now ?? 0,
  };
}

/** Each version that the vector decides, held to each other one of its service where that closes no circle. */
function holdsFor(vector: VectorCase): HoldRecord[] {
  const decided = new Map<string, { serviceId: string; version: string }>();
  for (const { decision } of runVector(engine, vector)) {
    if (!decision.ok) continue;
    const { serviceName: serviceId, version, mirror } = decision;
    for (const one of [version, mirror?.version])
      if (one !== undefined) decided.set(`${serviceId} ${one}`, { serviceId, version: one });
  }
  const versionsOf = (serviceId: string) =>
    [...vector.source.services].find(({ id }) => id === serviceId)?.versions.map(({ version }) => version) ?? [];
  const scope = { kind: 'all' } as const;
  return [...decided.values()].flatMap(({ serviceId, version: fromVersion }) =>
    versionsOf(serviceId)
      .map((toVersion): HoldRecord => ({ id: '~laid', serviceId, fromVersion, toVersion, scope }))
      .filter((hold) => isSound([...vector.source.holds], hold)),
  );
}

function isSound(existing: readonly HoldRecord[], hold: HoldRecord): boolean {
  try {
    assertHold(existing, hold);
    return true;
  } catch {
    return false;
  }
}

describe('golden vectors in a world where what they decide is held', () => {
  it.each(files)('never decide it, whatever had chosen it: $feature', ({ cases }) => {
    for (const vector of cases)
      for (const hold of holdsFor(vector))
        for (const { decision, explained } of runVector(engine, withHold(vector, hold))) {
          expect(explained, vector.name).toEqual(decision);
          if (!decision.ok || decision.serviceName !== hold.serviceId) continue;
          expect(decision.version, vector.name).not.toBe(hold.fromVersion);
          expect(decision.mirror?.version, vector.name).not.toBe(hold.fromVersion);
        }
  });

  it('are held in nearly every feature', () => {
    const held = files.filter(({ cases }) => cases.some((vector) => holdsFor(vector).length > 0));
    expect(held.length / files.length).toBeGreaterThan(0.9);
  });
});
