import { createHash } from 'node:crypto';
import type { WaveSelector } from '@grey/contracts';
import { takeEvenly } from './take-evenly.ts';

/** A tenant that may be in a wave, with what waves are made by. */
export interface Candidate {
  readonly tenantId: string;
  readonly tier: string | null;
  readonly region: string | null;
  readonly tags: readonly string[];
  /** The tenant's metadata `ring`. */
  readonly ring: string | null;
  /** Bytes of its data as last seen; null: not known. */
  readonly byteCount: number | null;
}

export interface WaveWish {
  readonly select: WaveSelector;
  readonly maxSize?: number | undefined;
}

export type WaveOrder = 'id' | 'tier' | 'region' | 'smallest';

export interface SelectedWaves {
  /** Of each wave its tenants, in the order in which they are begun. */
  readonly waves: readonly (readonly Candidate[])[];
  /** In no wave, by id. */
  readonly rest: readonly Candidate[];
}

/**
 * Deals candidates out to waves: each to the first wave that wants it and has room. Which tenants a percentage takes depends
 * on nothing but `salt` and the tenants, so that the plan and its application take the same ones.
 */
export function selectWaves(
  candidates: readonly Candidate[],
  wishes: readonly WaveWish[],
  order: WaveOrder,
  salt: string,
): SelectedWaves {
  const compare = comparatorOf(order);
  let left = [...candidates];
  const waves = wishes.map(({ select, maxSize = Number.POSITIVE_INFINITY }) => {
    const wanted = select.kind === 'percent' ? [] : left.filter(wantedBy(select)).sort(compare);
    const taken =
      select.kind === 'percent'
        ? takeShare(candidates, left, Math.min(countOf(select.percent, candidates.length), maxSize), salt).sort(compare)
        : wanted.slice(0, maxSize);
    const gone = new Set(taken);
    left = left.filter((one) => !gone.has(one));
    return taken;
  });
  return { waves, rest: left.sort(comparatorOf('id')) };
}

/** A percentage of something is at least one of it: a first wave of nobody would prove nothing. */
function countOf(percent: number, total: number): number {
  return total === 0 ? 0 : Math.max(1, Math.round((percent / 100) * total));
}

function wantedBy(select: Exclude<WaveSelector, { kind: 'percent' }>): (one: Candidate) => boolean {
  if (select.kind === 'rest') return () => true;
  if (select.kind === 'tag') return ({ tags }) => tags.includes(select.tag);
  if (select.kind === 'ring') return ({ ring }) => ring === select.ring;
  const tenantIds = new Set(select.tenantIds);
  return ({ tenantId }) => tenantIds.has(tenantId);
}

/** `count` of those who are left, from every tier and region as many as it has of all. */
function takeShare(all: readonly Candidate[], left: readonly Candidate[], count: number, salt: string): Candidate[] {
  const drawn = new Map(left.map((one) => [one, drawOf(salt, one.tenantId)]));
  const groups = Map.groupBy(left, stratumOf);
  const strata = [...Map.groupBy(all, stratumOf)].map(([key, members]) => ({
    key,
    groups: [JSON.stringify({ tier: members[0]?.tier }), JSON.stringify({ region: members[0]?.region })],
    weight: members.length,
    room: groups.get(key)?.length ?? 0,
  }));
  const takes = takeEvenly(strata, count, (key) => drawOf(salt, key));
  return [...groups].flatMap(([key, members]) =>
    members.sort((x, y) => compareTexts(drawn.get(x) ?? '', drawn.get(y) ?? '')).slice(0, takes.get(key) ?? 0),
  );
}

function stratumOf({ tier, region }: Candidate): string {
  return JSON.stringify([tier, region]);
}

/** Ids tell how old a tenant is; a draw does not. */
function drawOf(salt: string, tenantId: string): string {
  return createHash('sha256').update(`${salt}\n${tenantId}`).digest('hex');
}

function comparatorOf(order: WaveOrder): (x: Candidate, y: Candidate) => number {
  const byId = (x: Candidate, y: Candidate) => compareTexts(x.tenantId, y.tenantId);
  if (order === 'id') return byId;
  // Those of whom nothing is known come last.
  if (order === 'smallest')
    return (x, y) => (x.byteCount ?? Number.MAX_VALUE) - (y.byteCount ?? Number.MAX_VALUE) || byId(x, y);
  return (x, y) => compareTexts(x[order] ?? '\u{10ffff}', y[order] ?? '\u{10ffff}') || byId(x, y);
}

function compareTexts(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
