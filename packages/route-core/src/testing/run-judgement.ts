import type * as Everything from '../index.ts';
import type {
  RuleAnalysisInput,
  RuleFinding,
  SampledRequest,
  ServiceRecord,
  SimulationOptions,
  SimulationResult,
  SnapshotSource,
} from '../index.ts';

/** What of the engine the judgements need. */
export type Judge = Pick<
  typeof Everything,
  'analyzeRules' | 'applyDelta' | 'buildSnapshot' | 'draftSnapshot' | 'simulate'
>;

export interface AnalysisCase extends RuleAnalysisInput {
  readonly name: string;
  readonly findings: readonly Partial<RuleFinding>[];
}

export interface SimulationCase {
  readonly name: string;
  readonly source: SnapshotSource;
  readonly draft: ServiceRecord;
  readonly requests: readonly SampledRequest[];
  readonly options: SimulationOptions;
  readonly expect: Partial<SimulationResult>;
}

/** What is said of a rule set before it goes live, without the sentences. */
export function runAnalysis({ analyzeRules }: Judge, { findings: _, name: __, ...input }: AnalysisCase): object[] {
  return analyzeRules(input).map(({ message: _message, ...finding }) => finding);
}

/** What a draft would change, and what comes of it once it is published. */
export function runSimulation(
  { applyDelta, buildSnapshot, draftSnapshot, simulate }: Judge,
  { source, draft, requests, options }: SimulationCase,
): { readonly said: SimulationResult; readonly came: SimulationResult } {
  const live = buildSnapshot(source);
  const said = simulate(live, draftSnapshot(live, draft), requests, options);
  const { epoch, revision } = source.position;
  const published = applyDelta(live, { epoch, revision: revision + 1, services: { upsert: [draft] } });
  return { said, came: simulate(live, published, requests, options) };
}
