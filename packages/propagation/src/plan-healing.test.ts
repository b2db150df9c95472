import { describe, expect, it } from 'vitest';
import { planHealing } from './plan-healing.ts';
import type { RedisPosition } from './redis-position.ts';

const log = { epoch: 'b', revision: 5 };
const redis = { epoch: 'b', revision: 5, projected: 5, format: 1 };

describe('planHealing', () => {
  it.each<[string, RedisPosition | undefined, string]>([
    ['agrees', redis, 'nothing'],
    ['is empty', undefined, 'rebuild'],
    ['is of an older epoch, however far', { ...redis, epoch: 'a', revision: 9, projected: 9 }, 'rebuild'],
    ['is of a later epoch, however little', { ...redis, epoch: 'c', revision: 1, projected: 1 }, 'leave'],
    ['is further than the log', { ...redis, revision: 6 }, 'leave'],
    ['lacks changes', { ...redis, revision: 4, projected: 4 }, 'publish'],
    ['has a projection that lags, which is not its affair', { ...redis, projected: 2 }, 'nothing'],
    ['has no projection', { ...redis, projected: undefined }, 'rebuild'],
    ['has a projection of changes it has not', { ...redis, revision: 4, projected: 5 }, 'rebuild'],
  ])('when Redis %s', (_, found, healing) => {
    expect(planHealing(found, log)).toBe(healing);
  });
});
