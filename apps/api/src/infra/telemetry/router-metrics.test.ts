import type { Decision, DecisionReason, RefusalCode } from '@grey/route-core';
import { describe, expect, it } from 'vitest';
import { MetricsPage } from './metrics-page.ts';
import { RouterMetrics } from './router-metrics.ts';

const place = { epoch: 'e', revision: 1 };
const routed = (tenantId: string, reason: DecisionReason = 'ASSIGNMENT') =>
  ({ ok: true, tenantId, serviceName: 'pay', version: 'v1', reason, ...place }) as Decision;
const refused = (code: RefusalCode, tenantId = 't1', over: object = {}) =>
  ({ ok: false, code, tenantId, serviceName: 'pay', ...place, ...over }) as Decision;

describe('RouterMetrics', () => {
  it('counts by tenant, service, version and status', () => {
    const metrics = new RouterMetrics(10);
    metrics.decided(routed('t1'));
    metrics.decided(routed('t1'));
    metrics.decided(refused('NO_INSTANCE', 't1', { version: 'v2', reason: 'ASSIGNMENT' }));
    expect(metrics.listCounts()).toEqual([
      { tenant: 't1', service: 'pay', version: 'v1', status: 200, count: 2 },
      { tenant: 't1', service: 'pay', version: 'v2', status: 503, count: 1 },
    ]);
  });

  it('gives a label to the first tenants only', () => {
    const metrics = new RouterMetrics(2);
    for (let i = 0; i < 1000; i++) metrics.decided(routed(`t${i}`));
    const counts = metrics.listCounts();
    expect(counts.map((count) => count.tenant).sort()).toEqual(['other', 't0', 't1']);
    expect(counts.find((count) => count.tenant === 'other')?.count).toBe(998);
  });

  it('makes no label of a name that nobody configured', () => {
    const metrics = new RouterMetrics(10);
    metrics.decided(refused('TENANT_UNKNOWN', 'made-up'));
    metrics.decided(refused('SERVICE_UNKNOWN', 'made-up', { serviceName: 'invented' }));
    metrics.decided(refused('VERSION_UNDEFINED', 'made-up'));
    metrics.decided(refused('NO_INSTANCE', 'made-up', { reason: 'UNKNOWN_TENANT_DEFAULT', version: 'v1' }));
    metrics.decided(routed('made-up', 'UNKNOWN_TENANT_DEFAULT'));
    metrics.rejected(401);
    const text = JSON.stringify(metrics.listCounts());
    expect(text).not.toContain('made-up');
    expect(text).not.toContain('invented');
    expect(metrics.listCounts().reduce((sum, { count }) => sum + count, 0)).toBe(6);
  });

  it('asks the configuration where lanes, rules and experiments decide for everybody', () => {
    const metrics = new RouterMetrics(10, (id) => id === 't1');
    for (const reason of ['LANE', 'RULE', 'EXPERIMENT'] as const) {
      for (const tenantId of ['t1', 'made-up']) {
        metrics.decided(routed(tenantId, reason));
        metrics.decided(refused('NO_INSTANCE', tenantId, { reason, version: 'v1' }));
        metrics.decided(refused('LANE_NOT_SERVED', tenantId));
      }
    }
    const byTenant = Map.groupBy(metrics.listCounts(), ({ tenant }) => tenant);
    expect([...byTenant.keys()].sort()).toEqual(['other', 't1']);
    expect(byTenant.get('t1')!.reduce((sum, { count }) => sum + count, 0)).toBe(9);
  });

  it('does not count a tenant named other twice', () => {
    const metrics = new RouterMetrics(10);
    metrics.decided(routed('other'));
    metrics.rejected(400);
    expect(metrics.listCounts().every((count) => count.tenant === 'other')).toBe(true);
  });
});

describe('the metrics page', () => {
  const gauges = { activeTenantCount: 3, instanceCount: 4, revision: 17, streamCount: 1 };

  it('prints counts and gauges as they are at every scrape', async () => {
    const metrics = new RouterMetrics(10);
    const page = new MetricsPage(metrics, () => gauges);
    metrics.decided(routed('t1'));
    const line = 'grey_router_requests_total{service="pay",version="v1",status="200",tenant="t1"}';
    expect(await page.print()).toContain(`${line} 1\n`);
    metrics.decided(routed('t1'));
    const text = await page.print();
    expect(text).toContain(`${line} 2\n`);
    expect(text).toContain('grey_router_active_tenants 3\n');
    expect(text).toContain('grey_router_instances 4\n');
    expect(text).toContain('grey_router_position_revision 17\n');
  });

  it('prints the latency as a cumulative histogram in seconds', async () => {
    const metrics = new RouterMetrics(10);
    const page = new MetricsPage(metrics, () => gauges);
    for (const seconds of [0.0001, 0.0002, 0.004, 9]) metrics.took(seconds);
    const text = await page.print();
    const bucket = (le: string) =>
      Number(new RegExp(`grey_router_latency_bucket\\{le="${le}"\\} (\\d+)`).exec(text)?.[1]);
    expect([bucket('0.0001'), bucket('0.00025'), bucket('0.0025'), bucket('0.005'), bucket('1')]).toEqual([
      1, 2, 2, 3, 3,
    ]);
    expect(text).toContain('grey_router_latency_bucket{le="+Inf"} 4\n');
    expect(text).toContain('grey_router_latency_count 4\n');
    expect(text).toContain('# TYPE grey_router_latency histogram\n');
  });
});
