import { decide } from '../decide.ts';
import type { Snapshot } from '../snapshot-state.ts';
import { createReplayEnv } from './replay-env.ts';
import type { SampledRequest, SimulationOptions, SimulationResult } from './simulation-result.ts';
import { SimulationTally } from './simulation-tally.ts';

const TOP_TENANTS = 20;

/**
 * What changes for these requests between two snapshots: each is decided on both, at its own time and with the same draws, so
 * that a rule with `random()` is compared with itself. The versions that come out are those that `decide` gives after
 * publishing. Reads the requests once; takes memory by tenants and versions, not by requests.
 */
export function simulate(
  before: Snapshot,
  after: Snapshot,
  requests: Iterable<SampledRequest>,
  { seed, now, topTenants = TOP_TENANTS }: SimulationOptions,
): SimulationResult {
  const tally = new SimulationTally();
  const [old, next] = [createReplayEnv(seed), createReplayEnv(seed)];
  let index = 0;
  for (const { request, at } of requests) {
    old.begin(index, now ?? at);
    next.begin(index, now ?? at);
    tally.add(index, request.tenantId, decide(before, request, old.env), decide(after, request, next.env));
    index++;
  }
  return tally.finish(topTenants);
}
