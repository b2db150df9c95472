import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from './decision.ts';
import {
  applyDelta,
  buildSnapshot,
  createDecisionEnv,
  decide,
  decodeSnapshot,
  encodeSnapshot,
  encodeSnapshotInSteps,
  readCells,
  type SchemaRecord,
  type ServiceRecord,
  type Snapshot,
  SnapshotImageError,
  type SnapshotSource,
  withInstances,
} from './index.ts';
import { murmurHash3Bytes } from './murmur-hash3.ts';
import { CHECKSUM_SIZE, PREAMBLE_SIZE, SECTION } from './snapshot-image-format.ts';
import { deltaBody, everyRequest, type HistoryStep, history, source } from './testing/arbitraries.ts';

function answers(snapshot: Snapshot): Decision[] {
  const env = createDecisionEnv({ random: () => 0.4 });
  return [...everyRequest, ...everyRequest].map((request) => decide(snapshot, request, env));
}

/** A snapshot that has been through something, so that its lineage knows names that it no longer uses. */
function grow(start: SnapshotSource, steps: readonly HistoryStep[]): Snapshot {
  let snapshot = buildSnapshot(start);
  for (const step of steps) {
    if (step.kind === 'change') {
      snapshot = applyDelta(snapshot, { epoch: 'e1', revision: snapshot.position.revision + 1, ...step.body });
    } else if (step.kind === 'instances') snapshot = withInstances(snapshot, step.serviceId, step.instances);
  }
  return snapshot;
}

const grown = fc.tuple(source, history).map(([start, steps]) => grow(start, steps));

/** Everything but the bytes in memory, which depend on the names a lineage has seen, and slots left behind empty. */
function counts(snapshot: Snapshot): object {
  const { columnBytes: _bytes, ...rest } = snapshot.stats();
  return rest;
}

function faultOf(bytes: Uint8Array): string {
  try {
    decodeSnapshot(bytes);
    return 'none';
  } catch (error) {
    if (error instanceof SnapshotImageError) return error.fault;
    throw error;
  }
}

/** The image with its length and checksum put right after a change. */
function seal(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(12, bytes.length, true);
  view.setUint32(bytes.length - CHECKSUM_SIZE, murmurHash3Bytes(bytes.subarray(0, -CHECKSUM_SIZE)), true);
  return bytes;
}

describe('an image', { timeout: 60_000 }, () => {
  it('gives back a snapshot of the same position, digest, numbers and answers', () => {
    fc.assert(
      fc.property(grown, (snapshot) => {
        const decoded = decodeSnapshot(encodeSnapshot(snapshot));
        expect(decoded.position).toEqual(snapshot.position);
        expect(decoded.digest).toBe(snapshot.digest);
        expect(counts(decoded)).toEqual(counts(snapshot));
        expect(answers(decoded)).toEqual(answers(snapshot));
      }),
      { numRuns: 300 },
    );
  });

  it('gives back a snapshot that takes changes as the original does', () => {
    fc.assert(
      fc.property(grown, fc.array(deltaBody, { minLength: 1, maxLength: 4 }), (snapshot, bodies) => {
        let [original, decoded] = [snapshot, decodeSnapshot(encodeSnapshot(snapshot))];
        for (const body of bodies) {
          const delta = { epoch: 'e1', revision: original.position.revision + 1, ...body };
          original = applyDelta(original, delta);
          decoded = applyDelta(decoded, delta);
        }
        expect(decoded.digest).toBe(original.digest);
        expect(counts(decoded)).toEqual(counts(original));
        expect(answers(decoded)).toEqual(answers(original));
      }),
      { numRuns: 300 },
    );
  });

  it('without instances equals one of a snapshot that never had any', () => {
    fc.assert(
      fc.property(source, (full) => {
        const decoded = decodeSnapshot(encodeSnapshot(buildSnapshot(full), { withInstances: false }));
        const bare = buildSnapshot({ ...full, instances: [] });
        expect(decoded.digest).toBe(bare.digest);
        expect(counts(decoded)).toEqual(counts(bare));
        expect(answers(decoded)).toEqual(answers(bare));
      }),
    );
  });

  it('made in steps shows the snapshot it was begun with, whatever its lineage learns meanwhile', () => {
    fc.assert(
      fc.property(grown, fc.array(deltaBody, { minLength: 1 }), (snapshot, bodies) => {
        const steps = encodeSnapshotInSteps(snapshot);
        let latest = snapshot;
        let step = steps.next();
        for (let i = 0; !step.done; i++) {
          const body = bodies[i % bodies.length]!;
          latest = applyDelta(latest, { epoch: 'e1', revision: latest.position.revision + 1, ...body });
          step = steps.next();
        }
        expect(step.value).toEqual(encodeSnapshot(snapshot));
      }),
    );
  });

  it('forgets the names that are no longer used', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => ({ id: `t${i}`, status: 'active' as const }));
    const empty = { services: [], assignments: [], schemas: [], holds: [], instances: [] };
    const full = buildSnapshot({ ...empty, position: { epoch: 'e', revision: 1 }, tenants: names });
    const remove = names.slice(1).map(({ id }) => id);
    const small = applyDelta(full, { epoch: 'e', revision: 2, tenants: { remove } });
    expect(encodeSnapshot(full).length).toBeGreaterThan(50_000);
    expect(encodeSnapshot(small).length).toBeLessThan(1_000);
  });

  it('keeps names of any characters, half surrogate pairs included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (tenant, version) => {
        for (const name of [tenant, `${tenant}\ud800`]) {
          const snapshot = buildSnapshot({
            position: { epoch: name, revision: 1 },
            tenants: [{ id: name, status: 'active', tags: [version] }],
            services: [],
            assignments: [{ tenantId: name, serviceId: name, version, isPinned: true }],
            schemas: [],
            holds: [],
            instances: [],
          });
          expect(decodeSnapshot(encodeSnapshot(snapshot)).digest).toBe(snapshot.digest);
        }
      }),
    );
  });

  it('holds more rows, versions and schema versions than fit a byte, and than one block or page', () => {
    const tenants = Array.from({ length: 5_000 }, (_, i) => `t${i}`);
    const snapshot = buildSnapshot({
      position: { epoch: 'e', revision: 1 },
      tenants: tenants.map((id) => ({ id, status: 'active' })),
      services: [],
      assignments: tenants.map((tenantId, i) => ({
        tenantId,
        serviceId: 's',
        version: `v${i}`,
        isPinned: i % 3 === 0,
      })),
      schemas: tenants.map((tenantId, i) => ({ tenantId, serviceId: 's', schemaVersion: i / 8 - 100 })),
      holds: [],
      instances: [],
    });
    const decoded = decodeSnapshot(encodeSnapshot(snapshot));
    expect(decoded.digest).toBe(snapshot.digest);
    expect(decoded.stats()).toEqual(snapshot.stats());
  });
});

describe('a damaged image is refused', { timeout: 60_000 }, () => {
  it('whichever byte is changed', () => {
    fc.assert(
      fc.property(grown, fc.nat(), fc.integer({ min: 1, max: 255 }), (snapshot, place, change) => {
        const bytes = encodeSnapshot(snapshot);
        bytes[place % bytes.length]! ^= change;
        expect(faultOf(bytes)).not.toBe('none');
      }),
      { numRuns: 500 },
    );
  });

  it('wherever it is cut off, and when something follows', () => {
    const bytes = readGolden('format-1');
    for (let length = 0; length < bytes.length; length += 1)
      expect(faultOf(bytes.subarray(0, length))).not.toBe('none');
    expect(faultOf(bytes.subarray(0, bytes.length - 1))).toBe('TRUNCATED');
    expect(faultOf(new Uint8Array([...bytes, 0]))).toBe('TRUNCATED');
  });

  it('with the reason', () => {
    const bytes = readGolden('format-1');
    expect(faultOf(new TextEncoder().encode('REDIS0011 …'))).toBe('NOT_AN_IMAGE');
    expect(faultOf(new Uint8Array(0))).toBe('NOT_AN_IMAGE');
    const flipped = bytes.slice();
    flipped[bytes.length >> 1]! ^= 1;
    expect(faultOf(flipped)).toBe('CHECKSUM');
  });

  it('with no other kind of error when its checksum was made to fit', () => {
    const original = readGolden('format-1');
    const faults = new Set<string>();
    for (let at = PREAMBLE_SIZE; at < original.length - CHECKSUM_SIZE; at++) {
      for (const change of [1, 0x80, 0xff]) {
        const bytes = original.slice();
        bytes[at]! ^= change;
        faults.add(faultOf(seal(bytes)));
      }
    }
    faults.delete('none');
    expect([...faults]).toEqual(['CORRUPT']);
  });
});

describe('between versions', () => {
  it('the committed image of format 1 is read as it was written', () => {
    const snapshot = decodeSnapshot(readGolden('format-1'));
    expect(snapshot.position).toEqual({ epoch: 'golden', revision: 42 });
    expect(snapshot.digest).toBe(buildSnapshot(golden).digest);
    expect(counts(snapshot)).toEqual(counts(buildSnapshot(golden)));
  });

  it('the committed image of format 2 is read as it was written', () => {
    const snapshot = decodeSnapshot(readGolden('format-2'));
    const built = buildSnapshot(goldenWithRules);
    expect(snapshot.digest).toBe(built.digest);
    expect(counts(snapshot)).toEqual(counts(built));
    expect(snapshot.stats()).toMatchObject({ laneCount: 2 });
    expect(answers(snapshot)).toEqual(answers(built));
  });

  it('the committed image of format 3 is read as it was written', () => {
    const snapshot = decodeSnapshot(readGolden('format-3'));
    const built = buildSnapshot(goldenWithSpans);
    expect(snapshot.digest).toBe(built.digest);
    expect(counts(snapshot)).toEqual(counts(built));
    for (const tenantId of ['acme', '租户二', 'closed', 'named-only'])
      expect(readCells(snapshot, tenantId)).toEqual(readCells(built, tenantId));
    expect(readCells(snapshot, 'acme').schemas).toContainEqual(goldenWithSpans.schemas[0]);
  });

  it('what this version writes is what format 3 says, byte for byte', () => {
    expect(encodeSnapshot(buildSnapshot(goldenWithSpans))).toEqual(readGolden('format-3'));
  });

  it('what this version writes without expanded or migrating schemas is what format 2 says, but for its number', () => {
    const bytes = encodeSnapshot(buildSnapshot(goldenWithRules));
    bytes[8] = 2;
    expect(seal(bytes)).toEqual(readGolden('format-2'));
  });

  it.each<[string, Partial<SchemaRecord>, number]>([
    ['expanded', { expandedTo: 12 }, 3],
    ['migrating', { isMigrating: true }, 3],
    ['both', { expandedTo: 12, isMigrating: true }, 3],
    ['neither, in as many words', { expandedTo: 11, isMigrating: false }, 1],
  ])('a schema that is %s asks for the reader that knows of it', (_what, more, reader) => {
    const [first, ...rest] = [...golden.schemas] as [SchemaRecord, ...SchemaRecord[]];
    const bytes = encodeSnapshot(buildSnapshot({ ...golden, schemas: [{ ...first, ...more }, ...rest] }));
    expect([bytes[8], bytes[10]]).toEqual([3, reader]);
  });

  it('schemas that are no longer expanded or migrating are written as if they never had been', () => {
    const [first, ...rest] = [...golden.schemas] as [SchemaRecord, ...SchemaRecord[]];
    const wide = { ...first, expandedTo: 99, isMigrating: true };
    const snapshot = applyDelta(buildSnapshot({ ...golden, schemas: [wide, ...rest] }), {
      epoch: golden.position.epoch,
      revision: golden.position.revision + 1,
      schemas: { upsert: [first] },
    });
    expect(encodeSnapshot(snapshot)[10]).toBe(1);
    expect(snapshot.digest).toBe(buildSnapshot(golden).digest);
  });

  it('what this version writes without rules is what format 1 says, but for its number', () => {
    const bytes = encodeSnapshot(buildSnapshot(golden));
    bytes[8] = 1;
    expect(seal(bytes)).toEqual(readGolden('format-1'));
  });

  it.each<[string, (source: Mutable) => void]>([
    ['rules', (s) => Object.assign(s.services[0]!, { ruleSet: { number: 1, normalizePath: false, rules: [] } })],
    ['an experiment', (s) => Object.assign(s.services[0]!, { experiments: goldenWithRules.services[0]!.experiments })],
    ['a balancing', (s) => Object.assign(s.services[0]!, { balancing: {} })],
    ['a named fallback', (s) => Object.assign(s.services[0]!, { fallbackVersion: '1.0.0' })],
    ['ranges of defaults', (s) => Object.assign(s.services[0]!.defaults[0]!, { ranges: [[0, 1]] })],
    ['flags', (s) => Object.assign(s.services[0]!.versions[0]!, goldenWithRules.services[0]!.versions[0])],
    ['lanes', (s) => Object.assign(s, { lanes: goldenWithRules.lanes })],
  ])('a reader of format 1 is told to leave an image alone that has %s', (_what, change) => {
    const source = structuredClone(golden) as Mutable;
    expect(encodeSnapshot(buildSnapshot(source))[10]).toBe(1);
    change(source);
    expect(encodeSnapshot(buildSnapshot(source))[10]).toBe(2);
  });

  it('an image of a later format with a section unknown here is read', () => {
    const bytes = readGolden('format-2-with-unknown-section');
    expect(bytes[8]).toBe(2);
    expect(decodeSnapshot(bytes).digest).toBe(buildSnapshot(golden).digest);
  });

  it('an image that asks for a later reader is refused for that reason', () => {
    expect(faultOf(readGolden('format-4-for-newer-readers'))).toBe('FORMAT_TOO_NEW');
  });

  it('an image from before there were holds and instances is read as having none', () => {
    const bytes = without(encodeSnapshot(buildSnapshot({ ...golden, holds: [], instances: [] })), [
      SECTION.holds,
      SECTION.instances,
    ]);
    const snapshot = decodeSnapshot(bytes);
    expect(snapshot.stats()).toMatchObject({ holdCount: 0, instanceCount: 0, tenantCount: 3, assignmentCount: 3 });
  });
});

type Mutable = SnapshotSource & { readonly services: ServiceRecord[] };
const goldenWithRules = readSource('golden-with-rules') as Mutable;
const golden = readSource('golden');
const goldenWithSpans = readSource('golden-with-spans') as SnapshotSource & { readonly schemas: SchemaRecord[] };

function readSource(name: string): SnapshotSource {
  return JSON.parse(readFileSync(new URL(`../images/${name}.json`, import.meta.url), 'utf8')) as SnapshotSource;
}

function readGolden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../images/${name}.bin`, import.meta.url)));
}

function without(bytes: Uint8Array, ids: readonly number[]): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const kept = [...bytes.subarray(0, PREAMBLE_SIZE)];
  for (let at = PREAMBLE_SIZE; at < bytes.length - CHECKSUM_SIZE; ) {
    const next = at + 8 + view.getUint32(at + 4, true);
    if (!ids.includes(view.getUint32(at, true))) kept.push(...bytes.subarray(at, next));
    at = next;
  }
  return seal(new Uint8Array([...kept, 0, 0, 0, 0]));
}
