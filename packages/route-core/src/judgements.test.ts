import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as engine from './index.ts';
import { type AnalysisCase, runAnalysis, runSimulation, type SimulationCase } from './testing/run-judgement.ts';

/** Golden cases as data: what is said of a rule set before it goes live. */
function read<T>(name: string): T[] {
  const file = new URL(`../judgements/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: T[] }).cases;
}

describe('golden analyses', () => {
  it.each(read<AnalysisCase>('analysis'))('$name', (one) => {
    expect(runAnalysis(engine, one)).toEqual(one.findings);
  });
});

describe('golden simulations', () => {
  it.each(read<SimulationCase>('simulation'))('$name', (one) => {
    const { said, came } = runSimulation(engine, one);
    expect(said).toMatchObject(one.expect);
    expect(came).toEqual(said);
  });
});
