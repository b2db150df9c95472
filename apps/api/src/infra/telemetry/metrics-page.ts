import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { LATENCY_BUCKETS } from './latency-buckets.ts';
import type { RouterMetrics } from './router-metrics.ts';

/** What the gauges show, read at the moment of the scrape. */
export interface GaugeSource {
  readonly activeTenantCount: number;
  readonly instanceCount: number;
  /** null while there is no snapshot */
  readonly revision: number | null;
  readonly streamCount: number;
}

/** The text of `/metrics`: our own counters, brought into the registry's form when somebody asks. */
export class MetricsPage {
  readonly #registry = new Registry();
  readonly #metrics: RouterMetrics;
  readonly #others: readonly { print(): Promise<string> }[];

  /** @param others parts of the API that print metrics of their own */
  constructor(metrics: RouterMetrics, gauges: () => GaugeSource, others: readonly { print(): Promise<string> }[] = []) {
    this.#metrics = metrics;
    this.#others = others;
    const registers = [this.#registry];
    const requests = new Counter({
      name: 'grey_router_requests_total',
      help: 'Routing decisions and refused requests by HTTP status. Tenants beyond the limit and unknown names count as "other".',
      labelNames: ['service', 'version', 'status', 'tenant'],
      registers,
      collect: () => {
        requests.reset();
        for (const { service, version, status, tenant, count } of metrics.listCounts()) {
          requests.inc({ service, version, status, tenant }, count);
        }
      },
    });
    const gauge = (name: string, help: string, read: (source: GaugeSource) => number | null) => {
      const made: Gauge = new Gauge({
        name,
        help,
        registers,
        collect: () => {
          const value = read(gauges());
          if (value === null) made.reset();
          else made.set(value);
        },
      });
    };
    gauge('grey_router_active_tenants', 'Tenants that are not suspended.', (source) => source.activeTenantCount);
    gauge(
      'grey_router_instances',
      'Live instances, whatever registry they come from.',
      (source) => source.instanceCount,
    );
    gauge('grey_router_position_revision', 'Revision of the snapshot that answers.', (source) => source.revision);
    gauge('grey_router_streams', 'Open event streams.', (source) => source.streamCount);
    collectDefaultMetrics({ register: this.#registry });
  }

  async print(): Promise<string> {
    const others = await Promise.all(this.#others.map((other) => other.print()));
    return [await this.#registry.metrics(), ...others, printLatency(this.#metrics.latency)].join('\n');
  }
}

/** The library's histogram can only be fed one observation at a time; ours is counted already. */
function printLatency({ buckets, secondsTotal, count }: RouterMetrics['latency']): string {
  const lines = [
    '# HELP grey_router_latency Time to answer /route and /route/batch in seconds.',
    '# TYPE grey_router_latency histogram',
  ];
  let sum = 0;
  LATENCY_BUCKETS.forEach((bound, index) => {
    sum += buckets[index]!;
    lines.push(`grey_router_latency_bucket{le="${bound}"} ${sum}`);
  });
  lines.push(
    `grey_router_latency_bucket{le="+Inf"} ${count}`,
    `grey_router_latency_sum ${secondsTotal}`,
    `grey_router_latency_count ${count}`,
  );
  return `${lines.join('\n')}\n`;
}
