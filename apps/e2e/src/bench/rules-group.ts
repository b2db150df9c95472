import { buildSnapshot, createDecisionEnv, decide } from '@grey/route-core';
import type { Figure } from './figure.ts';
import { type Contender, measureRates } from './measure-rates.ts';
import { printFigures } from './print-figures.ts';
import { makeRequest, makeRuleWorld, type Wording } from './rule-world.ts';

/**
 * `decide` with twenty rules on each service (sixteen by path, every second of them with a condition; four by condition
 * alone), at 10 000 tenants × 100 services, 10 instances a version, on one core: half of the requests match no rule, and half
 * of those come as far as the condition of a path. Conditions once as trees and once as CEL. Each request is a fresh object with headers,
 * cookies, query and attributes, each result is read; `making the requests` is what of the time is theirs.
 */
function contender(wording: Wording): Contender {
  const snapshot = buildSnapshot(makeRuleWorld(wording));
  const env = createDecisionEnv();
  let at = 0;
  let byRule = 0;
  for (let i = 0; i < 1600; i++) {
    const decision = decide(snapshot, makeRequest(i), env);
    if (decision.ok && decision.reason === 'RULE') byRule++;
  }
  // Pinned tenants, one of fifty, answer to no rule.
  if (byRule < 700 || byRule > 800) throw new Error(`${byRule} of 1600 requests were decided by rules`);
  return (count) => {
    let read = 0;
    for (let i = 0; i < count; i++) {
      const decision = decide(snapshot, makeRequest(at++), env);
      if (!decision.ok) throw new Error(`refused: ${decision.code}`);
      read += decision.instance.address.length + decision.version.length;
    }
    return read;
  };
}

const makeOnly: Contender = (count) => {
  let read = 0;
  for (let i = 0; i < count; i++) read += makeRequest(i).metadata!.path!.length;
  return read;
};

const { rate, ratio } = measureRates({ tree: contender('tree'), cel: contender('cel'), makeOnly });
const budget = { of: 'value', bound: 'at least', limit: 3_000_000 } as const;
const figures: Figure[] = [
  { name: 'decide, 20 rules as trees', value: rate.tree!, unit: '/s', ratio: null, budget },
  {
    name: 'decide, 20 rules as CEL (ratio: to trees)',
    value: rate.cel!,
    unit: '/s',
    ratio: ratio('cel', 'tree'),
    budget,
  },
  { name: 'making the requests, nothing decided', value: rate.makeOnly!, unit: '/s', ratio: null, budget: null },
];
printFigures(figures);
