import { describe, expect, it } from 'vitest';
import {
  buildSnapshot,
  type ExperimentRecord,
  type RuleRecord,
  type ServiceRecord,
  SnapshotLimitError,
} from './index.ts';

/** As many as a service can name, and one more. */
const names = Array.from({ length: 0x8000 }, (_, i) => `w${i}`);
const fitting = names.slice(1);

const rule = (id: string, target: RuleRecord['target']): RuleRecord => ({
  id,
  name: id,
  priority: 0,
  isEnabled: true,
  target,
});
const split = (versions: readonly string[]): RuleRecord['target'] => ({
  kind: 'split',
  split: {
    unit: { by: 'user' },
    whenMissing: 'skip',
    salt: 's',
    shares: versions.map((version) => ({ version, weight: 0, ranges: [] })),
  },
});
const experiment = (versions: readonly string[]): ExperimentRecord => ({
  id: 'x',
  isRunning: true,
  unit: { by: 'user' },
  whenMissing: 'skip',
  salt: 'x',
  hashing: 'murmur3',
  variants: versions.map((version) => ({ name: version, version, weight: 0, ranges: [] })),
});
const rules = (list: readonly RuleRecord[]): Partial<ServiceRecord> => ({
  ruleSet: { number: 1, normalizePath: false, rules: list },
});

function buildWith(more: Partial<ServiceRecord>): void {
  const service: ServiceRecord = {
    id: 'pay',
    unknownTenant: 'reject',
    balancer: 'round_robin',
    fallback: 'fail',
    defaults: [],
    versions: [],
    ...more,
  };
  buildSnapshot({
    position: { epoch: 'e1', revision: 1 },
    tenants: [],
    services: [service],
    assignments: [],
    schemas: [],
    holds: [],
    instances: [],
  });
}

const title = 'more versions than a service can name are refused when the snapshot is built, not when it decides';

describe(title, { timeout: 60_000 }, () => {
  it.each<[string, (versions: readonly string[]) => Partial<ServiceRecord>]>([
    ['rules', (versions) => rules(versions.map((version) => rule(version, { kind: 'version', version })))],
    ['the shares of a rule', (versions) => rules([rule('r', split(versions))])],
    ['the variants of an experiment', (versions) => ({ experiments: [experiment(versions)] })],
  ])('in %s', (_where, naming) => {
    expect(() => buildWith(naming(fitting))).not.toThrow();
    expect(() => buildWith(naming(names))).toThrow(SnapshotLimitError);
  });
});
