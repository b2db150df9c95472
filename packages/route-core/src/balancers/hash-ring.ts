import type { InstanceTable } from '../instance-table.ts';
import { murmurHash3 } from '../murmur-hash3.ts';

/** Points on the circle of 32-bit hashes, ascending; each belongs to the instance of that index in the table. */
export interface HashRing {
  readonly points: Uint32Array;
  readonly owners: Uint32Array;
  /** What it was built from. */
  readonly ids: readonly string[];
  readonly nodeCounts: readonly number[];
}

const NODE_COUNT = 150;

/**
 * A ring of virtual nodes, the hashes of `instanceId:0`, `instanceId:1` … The heaviest instance of the version has 150, the
 * others as many as their weight is of its; weight 0 has none. Only the keys of one that leaves move, and a fresh one takes
 * its whole share at once: a slow start would move the same keys again and again.
 */
export function buildHashRing(table: InstanceTable): HashRing {
  const ids = table.instances.map((instance) => instance.instanceId);
  const nodeCounts = countNodes(table);
  const nodes: { point: number; owner: number }[] = [];
  for (const [owner, id] of ids.entries()) {
    for (let i = 0; i < nodeCounts[owner]!; i++) nodes.push({ point: murmurHash3(`${id}:${i}`), owner });
  }
  nodes.sort((x, y) => x.point - y.point || x.owner - y.owner);
  return {
    points: Uint32Array.from(nodes, (node) => node.point),
    owners: Uint32Array.from(nodes, (node) => node.owner),
    ids,
    nodeCounts,
  };
}

/** Index of the instance whose point is the first at or after the key's hash, once around. */
export function findOnRing({ points, owners }: HashRing, key: string): number {
  const hash = murmurHash3(key);
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return owners[low === points.length ? 0 : low]!;
}

/** Whether a ring still fits a table that was built anew, as it is at every change of health or load. */
export function isRingOf(ring: HashRing, table: InstanceTable): boolean {
  const { instances } = table;
  if (ring.ids.length !== instances.length) return false;
  const nodeCounts = countNodes(table);
  return instances.every(({ instanceId }, i) => ring.ids[i] === instanceId && ring.nodeCounts[i] === nodeCounts[i]);
}

function countNodes({ weights, greatestWeight }: InstanceTable): readonly number[] {
  const full = Math.max(greatestWeight, ...weights);
  return weights.map((weight) => (weight === 0 ? 0 : Math.max(1, Math.round((NODE_COUNT * weight) / full))));
}
