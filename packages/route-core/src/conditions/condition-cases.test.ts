import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RequestMetadata } from '../decision.ts';
import { createDecisionEnv } from '../decision-env.ts';
import type { Condition } from '../routing-records.ts';
import { compileCel } from './compile-cel.ts';
import { compileCondition } from './compile-condition.ts';
import { Facts } from './facts.ts';
import { parseCel } from './parse-cel.ts';
import { printCel } from './print-cel.ts';
import { readCel } from './read-cel.ts';

interface Request {
  readonly metadata: RequestMetadata;
  readonly now?: number;
  readonly random?: number;
  readonly passes: boolean;
}

interface Case {
  readonly name: string;
  readonly condition: Condition;
  readonly requests: readonly Request[];
}

const { features } = JSON.parse(readFileSync(new URL('./condition-cases.json', import.meta.url), 'utf8')) as {
  features: { feature: string; cases: Case[] }[];
};

function factsOf({ metadata, now, random }: Request): Facts {
  const missing = (what: string) => () => {
    throw new Error(`the case gives no ${what}`);
  };
  return new Facts(
    'acme',
    metadata,
    createDecisionEnv({
      now: now === undefined ? missing('time') : () => now,
      random: random === undefined ? missing('random number') : () => random,
    }),
  );
}

for (const { feature, cases } of features) {
  describe(`conditions: ${feature}`, () => {
    it.each(cases)('$name', ({ condition, requests }) => {
      const compiled = compileCondition(condition);
      for (const request of requests)
        expect(compiled.test(factsOf(request)), JSON.stringify(request)).toBe(request.passes);
      for (const request of requests) expect(compiled.trace(factsOf(request)).passed).toBe(request.passes);
    });

    it.each(cases)('$name, as CEL', ({ condition, requests }) => {
      const text = printCel(condition);
      const parsed = parseCel(text);
      // A broken expression is printed as it is.
      if (!readCel(text).ok || !parsed.ok) {
        expect(requests.every((request) => !request.passes)).toBe(true);
        return;
      }
      const compiled = compileCondition(parsed.condition);
      const evaluate = compileCel(text);
      for (const request of requests) {
        expect(compiled.test(factsOf(request)), text).toBe(request.passes);
        expect(evaluate(factsOf(request)) === true, text).toBe(request.passes);
      }
    });
  });
}
