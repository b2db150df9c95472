import { describe, expect, it } from 'vitest';
import { ownerOf } from './owner-of.ts';

const keys = Array.from({ length: 3_000 }, (_, index) => `service-${index}`);
const routers = ['api-1', 'api-2', 'api-3', 'api-4'];

describe('ownerOf', () => {
  it('does not depend on the order of the routers', () => {
    for (const key of keys.slice(0, 100)) expect(ownerOf(key, [...routers].reverse())).toBe(ownerOf(key, routers));
  });

  it('gives each router about its share', () => {
    const counts = Map.groupBy(keys, (key) => ownerOf(key, routers));
    for (const router of routers) expect(Math.abs((counts.get(router)?.length ?? 0) / 750 - 1)).toBeLessThan(0.15);
  });

  it('moves only the keys of a router that goes', () => {
    const rest = routers.filter((router) => router !== 'api-2');
    for (const key of keys) {
      const before = ownerOf(key, routers);
      if (before !== 'api-2') expect(ownerOf(key, rest)).toBe(before);
      else expect(rest).toContain(ownerOf(key, rest));
    }
  });

  it('is nobody without routers', () => {
    expect(ownerOf('x', [])).toBeUndefined();
  });
});
