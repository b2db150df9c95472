import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createDecisionEnv } from '../decision-env.ts';
import { celExpression, conditionTree, metadata } from '../testing/cel-arbitraries.ts';
import { checkCondition } from './check-condition.ts';
import { compileCel } from './compile-cel.ts';
import { compileCondition } from './compile-condition.ts';
import { Facts } from './facts.ts';
import { parseCel } from './parse-cel.ts';
import { printCel } from './print-cel.ts';
import { readCel } from './read-cel.ts';

// Thousands of evaluations, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 60_000 });

const clock = fc.constantFrom(
  Date.parse('2026-11-21T10:00:00Z'),
  Date.parse('2026-06-01T09:59:59.999Z'),
  Date.parse('2026-11-21T10:00:00.500Z'),
);
const request = fc.record({ metadata, now: clock, random: fc.constantFrom(0, 0.05, 0.5, 0.999) });
const requests = fc.array(request, { minLength: 1, maxLength: 12 });

type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;
const factsOf = ({ metadata, now, random }: Request): Facts =>
  new Facts('acme', metadata, createDecisionEnv({ now: () => now, random: () => random }));

function parsed(text: string) {
  const result = parseCel(text);
  if (!result.ok) throw new Error(`${text}: ${result.message}`);
  return result.condition;
}

describe('a tree as CEL', () => {
  it('is an expression that may be saved', () => {
    fc.assert(
      fc.property(conditionTree, (tree) => {
        expect(readCel(printCel(tree))).toMatchObject({ ok: true });
      }),
      { numRuns: 200 },
    );
  });

  it('is answered by the CEL evaluator as the tree is', () => {
    fc.assert(
      fc.property(conditionTree, requests, (tree, samples) => {
        const text = printCel(tree);
        const compiled = compileCondition(tree);
        const evaluate = compileCel(text);
        for (const sample of samples) {
          expect(evaluate(factsOf(sample)) === true, text).toBe(compiled.test(factsOf(sample)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads back as a tree that decides alike', () => {
    fc.assert(
      fc.property(conditionTree, requests, (tree, samples) => {
        const text = printCel(tree);
        const again = compileCondition(parsed(text));
        const compiled = compileCondition(tree);
        for (const sample of samples) expect(again.test(factsOf(sample)), text).toBe(compiled.test(factsOf(sample)));
      }),
      { numRuns: 300 },
    );
  });

  it('reads back without a piece of CEL left', () => {
    fc.assert(
      fc.property(conditionTree, (tree) => {
        expect(JSON.stringify(parsed(printCel(tree)))).not.toContain('"op":"cel"');
      }),
      { numRuns: 500 },
    );
  });
});

describe('an expression', () => {
  it('decides compiled as the CEL evaluator does', () => {
    fc.assert(
      fc.property(celExpression, requests, (text, samples) => {
        if (!readCel(text).ok) return;
        const compiled = compileCondition({ op: 'cel', expression: text });
        const evaluate = compileCel(text);
        for (const sample of samples) {
          expect(compiled.test(factsOf(sample)), text).toBe(evaluate(factsOf(sample)) === true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is never true where it could not be saved', () => {
    fc.assert(
      fc.property(celExpression, request, (text, sample) => {
        if (checkCondition({ op: 'cel', expression: text }, 'when').length === 0) return;
        expect(compileCondition({ op: 'cel', expression: text }).test(factsOf(sample))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a trace', () => {
  it('decides as the test does', () => {
    const either = fc.oneof(
      conditionTree,
      celExpression.map((expression) => ({ op: 'cel' as const, expression })),
    );
    fc.assert(
      fc.property(either, requests, (condition, samples) => {
        const compiled = compileCondition(condition);
        for (const sample of samples) {
          const { passed, value } = compiled.trace(factsOf(sample));
          expect(passed).toBe(compiled.test(factsOf(sample)));
          expect(value?.length ?? 0).toBeLessThanOrEqual(120);
        }
      }),
      { numRuns: 300 },
    );
  });
});
