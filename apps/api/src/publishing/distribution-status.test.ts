import type { PublicationStatus } from '@grey/propagation';
import { describe, expect, it } from 'vitest';
import { DistributionStatus } from './distribution-status.ts';

const up = { status: { isUp: true, since: 0 } } as const;
const publishing = (state: PublicationStatus['state']) => ({ status: { state, since: 0, rebuildCount: 2 } });
const following = { status: { state: 'following', since: 0 }, lagMs: 12 } as const;

describe('the state of distribution', () => {
  it('is off without Redis, and prints no figures', async () => {
    const off = new DistributionStatus({
      link: undefined,
      publishing: { status: undefined },
      following: { status: undefined, lagMs: undefined },
    });
    expect(off.readPart().status).toBe('off');
    expect(await off.print()).not.toContain('grey_router_redis');
  });

  it('says since when Redis is away, and not where it is', () => {
    const link = { status: { isUp: false, since: 1_000, error: 'connect ECONNREFUSED 10.0.0.1:6379' } } as const;
    const part = new DistributionStatus({ link, publishing: publishing('down'), following }).readPart();
    expect(part).toEqual({ status: 'down', since: '1970-01-01T00:00:01.000Z' });
  });

  it.each([
    ['in_sync', 'up'],
    ['behind', 'up'],
    ['rebuilding', 'up'],
    ['leave', 'down'],
  ] as const)('while publishing is %s it is %s', (state, status) => {
    expect(new DistributionStatus({ link: up, publishing: publishing(state), following }).readPart().status).toBe(
      status,
    );
  });

  it('is down when another program writes a format that this one does not know', () => {
    const strange = { status: { state: 'format_unknown', since: 0 }, lagMs: undefined } as const;
    const part = new DistributionStatus({ link: up, publishing: publishing('in_sync'), following: strange }).readPart();
    expect(part.status).toBe('down');
  });

  it('prints what Redis holds and how late the last change was', async () => {
    const text = await new DistributionStatus({ link: up, publishing: publishing('in_sync'), following }).print();
    expect(text).toMatch(/^grey_router_redis_up 1$/m);
    expect(text).toMatch(/^grey_router_redis_in_sync 1$/m);
    expect(text).toMatch(/^grey_router_redis_rebuilds 2$/m);
    expect(text).toMatch(/^grey_router_change_lag_seconds 0.012$/m);
  });
});
