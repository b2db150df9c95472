import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  analyzeRules,
  applyDelta,
  buildSnapshot,
  draftSnapshot,
  type RuleAnalysisInput,
  type RuleFinding,
  type SampledRequest,
  type ServiceRecord,
  type SimulationOptions,
  type SimulationResult,
  type SnapshotSource,
  simulate,
} from './index.ts';

interface AnalysisCase extends RuleAnalysisInput {
  readonly name: string;
  readonly findings: readonly Partial<RuleFinding>[];
}

interface SimulationCase {
  readonly name: string;
  readonly source: SnapshotSource;
  readonly draft: ServiceRecord;
  readonly requests: readonly SampledRequest[];
  readonly options: SimulationOptions;
  readonly expect: Partial<SimulationResult>;
}

/** Golden cases as data: what is said of a rule set before it goes live. */
function read<T>(name: string): T[] {
  const file = new URL(`../judgements/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: T[] }).cases;
}

describe('golden analyses', () => {
  it.each(read<AnalysisCase>('analysis'))('$name', ({ findings, ...input }) => {
    expect(analyzeRules(input).map(({ message: _, ...finding }) => finding)).toEqual(findings);
  });
});

describe('golden simulations', () => {
  it.each(read<SimulationCase>('simulation'))('$name', ({ source, draft, requests, options, expect: expected }) => {
    const live = buildSnapshot(source);
    const said = simulate(live, draftSnapshot(live, draft), requests, options);
    expect(said).toMatchObject(expected);
    const { epoch, revision } = source.position;
    const published = applyDelta(live, { epoch, revision: revision + 1, services: { upsert: [draft] } });
    expect(simulate(live, published, requests, options)).toEqual(said);
  });
});
