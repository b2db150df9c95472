import { murmurHash3 } from '@grey/route-core';

/**
 * Who of several routers looks after a key: the one with the greatest hash of `key|id`. All that see the same routers agree
 * without asking each other, and when one goes only its own keys move.
 * @returns undefined for no routers
 */
export function ownerOf(key: string, routerIds: Iterable<string>): string | undefined {
  let owner: string | undefined;
  let greatest = -1;
  for (const id of routerIds) {
    const hash = murmurHash3(`${key}|${id}`);
    if (hash > greatest || (hash === greatest && owner !== undefined && id < owner)) {
      owner = id;
      greatest = hash;
    }
  }
  return owner;
}
