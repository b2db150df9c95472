import { type DecisionEnv, type InstanceLoad, loadKeyOf } from '../decision-env.ts';
import type { InstanceRecord } from '../records.ts';

/** After so long without a report, a measured latency counts 1/e of what it was. */
const DECAY_MS = 10_000;
/** A failure counts as at least that slow, so that an instance that fails fast does not draw the traffic. */
const FAILURE_LATENCY_MS = 1000;
const GREATEST_LATENCY_MS = 60_000;
const LOAD_LIMIT = 10_000;

/** A call to this instance begins. Says so to least connections and peak EWMA of this environment. */
export function reportStart(env: DecisionEnv, instance: InstanceRecord): void {
  findLoad(env, instance).inFlight++;
}

/**
 * A call that was reported to begin has ended.
 * @param outcome.latencyMs how long it took, in milliseconds
 * @param outcome.isFailure the instance did not answer as it should; counts as slow, however fast it was
 */
export function reportEnd(
  env: DecisionEnv,
  instance: InstanceRecord,
  outcome: { readonly latencyMs: number; readonly isFailure: boolean },
): void {
  const load = findLoad(env, instance);
  if (load.inFlight > 0) load.inFlight--;
  const now = env.now();
  const taken = outcome.isFailure ? punishFailure(load, outcome.latencyMs) : outcome.latencyMs;
  if (taken >= 0 && taken < Number.POSITIVE_INFINITY) {
    load.latencyMs = moveAverage(load, Math.min(taken, GREATEST_LATENCY_MS), now);
    load.at = now;
  }
}

function punishFailure({ latencyMs }: InstanceLoad, taken: number): number {
  return Math.max(FAILURE_LATENCY_MS, Number.isNaN(taken) ? 0 : taken, Number.isNaN(latencyMs) ? 0 : 2 * latencyMs);
}

/** Up at once (from nothing, too), down slowly: the peak-sensitive average of Finagle's `PeakEwma` load balancer (Twitter, Apache-2.0). */
function moveAverage(load: InstanceLoad, taken: number, now: number): number {
  const kept = keptSince(load.at, now);
  const faded = load.latencyMs * kept;
  return faded >= taken ? faded + taken * (1 - kept) : taken;
}

function keptSince(at: number, now: number): number {
  return Math.exp(-Math.max(0, now - at) / DECAY_MS);
}

/** What is known of an instance's latency in milliseconds: measured here, fading with time; else as it reported; else NaN. */
export function readLatency(env: DecisionEnv, instance: InstanceRecord): number {
  const load = env.loads.get(loadKeyOf(instance));
  if (load === undefined || Number.isNaN(load.latencyMs)) return instance.latencyMs ?? Number.NaN;
  return load.latencyMs * keptSince(load.at, env.now());
}

/** Requests under way: what the instance reported, and what was begun here. */
export function countInFlight(env: DecisionEnv, instance: InstanceRecord): number {
  const reported = instance.inFlight ?? 0;
  if (env.loads.size === 0) return reported;
  return reported + (env.loads.get(loadKeyOf(instance))?.inFlight ?? 0);
}

function findLoad(env: DecisionEnv, instance: InstanceRecord): InstanceLoad {
  const key = loadKeyOf(instance);
  let load = env.loads.get(key);
  if (load === undefined) {
    if (env.loads.size >= LOAD_LIMIT) dropOldest(env.loads);
    load = { inFlight: 0, latencyMs: Number.NaN, at: env.now() };
    env.loads.set(key, load);
  }
  return load;
}

/** Instances come and go for ever. A tenth goes at once, those not heard of for longest first, so that it is seldom done. */
function dropOldest(loads: Map<string, InstanceLoad>): void {
  const idleFirst = [...loads].sort(([, x], [, y]) => Math.min(1, x.inFlight) - Math.min(1, y.inFlight) || x.at - y.at);
  for (const [key] of idleFirst.slice(0, LOAD_LIMIT / 10)) loads.delete(key);
}
