import { hashService, type LanePair } from './digest.ts';
import { type CompiledExperiment, compileExperiments } from './experiments/compile-experiment.ts';
import { type CompiledFlags, compileFlags } from './flags/compile-flags.ts';
import type { VersionNames } from './names.ts';
import type { ServiceRecord } from './records.ts';
import type { FallbackPlan } from './rules/compile-rule.ts';
import { compileRules, type RuleIndex } from './rules/rule-index.ts';
import { compileDefaults, type DefaultSplit } from './splits/default-split.ts';

/**
 * What a service's record says of defaults, rules, experiments and flags. It outlives changes of assignments, holds and instances,
 * and is compiled when the first decision asks: most routers never meet most services.
 */
export class RoutingPlan {
  readonly record: ServiceRecord;
  /** The record's share of the digest. */
  readonly hash: LanePair;
  readonly defaults: DefaultSplit;
  readonly fallback: FallbackPlan;
  readonly hasRules: boolean;
  readonly hasExperiments: boolean;
  readonly #names: VersionNames;
  #rules: RuleIndex | null = null;
  #experiments: readonly CompiledExperiment[] | null = null;
  #flags: Map<string, CompiledFlags | null> | null = null;

  /** @throws SnapshotLimitError */
  constructor(record: ServiceRecord, names: VersionNames) {
    this.record = record;
    this.#names = names;
    this.hash = hashService(record);
    this.defaults = compileDefaults(record.id, record, names);
    this.fallback = { mode: record.fallback, version: record.fallbackVersion ?? null };
    this.hasRules = (record.ruleSet?.rules.length ?? 0) > 0;
    this.hasExperiments = (record.experiments?.length ?? 0) > 0;
    // Numbered here already, as there is a limit to names and a decision must not be what meets it.
    for (const version of namedVersions(record)) names.number(version);
  }

  /** Only where `hasRules`. */
  get rules(): RuleIndex {
    this.#rules ??= compileRules(this.record.ruleSet!, this.#names);
    return this.#rules;
  }

  /** Only where `hasExperiments`. */
  get experiments(): readonly CompiledExperiment[] {
    this.#experiments ??= compileExperiments(this.record.experiments!, this.#names);
    return this.#experiments;
  }

  /** The flags of a version; null where it has none. */
  flagsOf(version: string): CompiledFlags | null {
    this.#flags ??= new Map(this.record.versions.map((v) => [v.version, compileFlags(v.flags)]));
    return this.#flags.get(version) ?? null;
  }
}

function* namedVersions({ experiments, ruleSet }: ServiceRecord): Generator<string> {
  for (const { target } of ruleSet?.rules ?? []) {
    if (target.kind === 'version') yield target.version;
    else if (target.kind === 'split') for (const { version } of target.split.shares) yield version;
  }
  for (const { variants } of experiments ?? []) for (const { version } of variants) yield version;
}
