import { buildSnapshot, createDecisionEnv, decide } from '@grey/route-core';
import type { Figure } from './figure.ts';
import { type Contender, measureRates } from './measure-rates.ts';
import { printFigures } from './print-figures.ts';
import { makeRequest, makeRuleWorld, type Wording } from './rule-world.ts';

/**
 * `decide` with twenty rules on each service (sixteen by path, every second of them with a condition; four by condition
 * alone), at 10 000 tenants × 100 services, 10 instances a version, on one core: half of the requests match no rule, and half
 * of those come as far as the condition of a path. Conditions as trees or, with the argument `cel`, as expressions: each in a
 * process of its own, as code that has met both is slower for each. Each request is a fresh object with headers,
 * cookies, query and attributes, each result is read.
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

const wording: Wording = process.argv[2] === 'cel' ? 'cel' : 'tree';
const { rate } = measureRates({ [wording]: contender(wording) });
const budget = { of: 'value', bound: 'at least', limit: 3_000_000 } as const;
const name = `decide, 20 rules as ${wording === 'cel' ? 'CEL' : 'trees'}`;
const figures: Figure[] = [{ name, value: rate[wording]!, unit: '/s', ratio: null, budget }];
printFigures(figures);
