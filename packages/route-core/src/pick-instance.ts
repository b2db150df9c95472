import { type Cursor, findCursor, startTurn } from './balancers/balancer-cursor.ts';
import { findByKey, readHashKey } from './balancers/hash-turn.ts';
import { takeLeastLoaded } from './balancers/least-connections.ts';
import { drawCheaperOfTwo } from './balancers/peak-ewma.ts';
import { drawIndex, drawWeighted } from './balancers/random-turn.ts';
import { readWarmClock } from './balancers/slow-start.ts';
import { takeWeightedTurn } from './balancers/weighted-turn.ts';
import { Facts } from './conditions/index.ts';
import type { DecisionRequest } from './decision.ts';
import type { DecisionEnv } from './decision-env.ts';
import type { InstanceTable } from './instance-table.ts';
import type { InstanceRecord } from './records.ts';

/**
 * The next instance of a table that has one. With `peek` the answer is the one the next call will give, and nothing moves.
 * A unit with an affinity goes to its own instance, whatever the balancer; the request's balancer goes before the service's.
 * @param facts of the request where the caller has them already
 */
export function pickInstance(
  table: InstanceTable,
  env: DecisionEnv,
  peek: boolean,
  request: DecisionRequest | null = null,
  facts: Facts | null = null,
): InstanceRecord {
  const { instances } = table;
  const balancer = request?.balancer ?? table.balancer;
  if (table.affinity !== null && request !== null) {
    const unit = table.affinity(facts ?? new Facts(request.tenantId, request.metadata, env));
    if (unit !== '') return instances[findByKey(table, cursorOf(table, env), unit)]!;
  }
  switch (balancer) {
    case 'weighted_round_robin': {
      const { current } = cursorOf(table, env);
      return instances[takeWeightedTurn(table, current, table.slowStartMs, readWarmClock(table, env), peek)]!;
    }
    case 'random':
      return instances[drawIndex(instances.length, env)]!;
    case 'weighted_random':
      return instances[drawWeighted(table, env)]!;
    case 'least_connections':
      return instances[takeLeastLoaded(table, cursorOf(table, env), env, peek)]!;
    case 'consistent_hash':
      return instances[findByKey(table, cursorOf(table, env), readHashKey(table, request, facts, env))]!;
    case 'health_aware':
      return takeHealthAware(table, env, peek);
    case 'peak_ewma':
      return instances[drawCheaperOfTwo(table, env)]!;
    default:
      return takeTurn(table, cursorOf(table, env), peek);
  }
}

function cursorOf(table: InstanceTable, env: DecisionEnv): Cursor {
  const cursor = table.cursor as Cursor | null;
  return table.cursorOwner === env && cursor!.table === table ? cursor! : findCursor(table, env);
}

/** Plain round robin: one after the other, whatever their weights. */
function takeTurn({ instances }: InstanceTable, cursor: Cursor, peek: boolean): InstanceRecord {
  const at = cursor.next < instances.length ? cursor.next : 0;
  if (!peek) cursor.next = at + 1;
  return instances[at]!;
}

/** A smooth weighted turn in which the degraded ones take part with a tenth of their weight. */
function takeHealthAware(table: InstanceTable, env: DecisionEnv, peek: boolean): InstanceRecord {
  const cursor = cursorOf(table, env);
  cursor.aware ??= startTurn(table.aware);
  const at = takeWeightedTurn(table.aware, cursor.aware, table.slowStartMs, readWarmClock(table, env), peek);
  return table.aware.instances[at]!;
}
