import type { RuleFinding } from '@grey/contracts';
import {
  analyzeRules,
  type Condition,
  checkCondition,
  checkRuleSet,
  composeRuleSet,
  type LaneRecord,
  parseVersionRange,
  type RuleSetDraft,
  type ServiceRecord,
} from '@grey/route-core';
import type { Config, ConfigCell, ConfigService, ConfigVersion } from './config.schema.ts';

export interface ConfigFinding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** Such as `services[orders].rules[0].when`. */
  readonly path: string;
  readonly message: string;
}

/**
 * What is wrong or doubtful with a configuration, without a server. Of what the file does not say (versions of a service
 * that it does not list, live instances) nothing can be told.
 */
export function checkConfig(config: Config): ConfigFinding[] {
  const checks = new ConfigCheck(config);
  checks.run();
  return checks.findings;
}

class ConfigCheck {
  readonly findings: ConfigFinding[] = [];
  readonly #config: Config;
  readonly #services: ReadonlyMap<string, ConfigService>;

  constructor(config: Config) {
    this.#config = config;
    this.#services = new Map(config.services?.map((service) => [service.id, service]));
  }

  run(): void {
    for (const service of this.#config.services ?? []) this.#checkService(service);
    for (const { tag, versions, entry } of this.#config.lanes ?? []) {
      for (const { serviceId, version } of versions)
        this.#checkVersion(serviceId, version, `lanes[${tag}].versions[${serviceId}]`);
      this.#checkCondition(entry?.when, `lanes[${tag}].entry.when`);
    }
    for (const [tenantId, cells] of Object.entries(this.#config.assignments ?? {})) {
      for (const [serviceId, cell] of Object.entries(cells)) {
        if (cell !== null) this.#checkVersion(serviceId, versionOf(cell), `assignments.${tenantId}.${serviceId}`);
      }
    }
  }

  #checkService(service: ConfigService): void {
    const at = `services[${service.id}]`;
    for (const { version, weight } of service.defaultVersions ?? []) {
      if (weight > 0) this.#checkVersion(service.id, version, `${at}.defaultVersions[${version}]`);
    }
    if (service.fallback === 'version' && service.fallbackVersion == null) {
      this.#fail('FALLBACK_VERSION_MISSING', `${at}.fallbackVersion`, 'fallback "version" names no version');
    }
    if (service.fallbackVersion != null)
      this.#checkVersion(service.id, service.fallbackVersion, `${at}.fallbackVersion`);
    this.#checkVersions(service, at);
    for (const { id, variants, when } of service.experiments ?? []) {
      for (const { name, version } of variants) {
        this.#checkVersion(service.id, version, `${at}.experiments[${id}].variants[${name}]`);
      }
      this.#checkCondition(when, `${at}.experiments[${id}].when`);
    }
    this.#checkCompatibility(service, at);
    if (service.rules) this.#checkRules(service, service.rules, at);
  }

  /** What is said of versions that are retired stays: they may come back. */
  #checkCompatibility({ id, compatibility }: ConfigService, at: string): void {
    for (const { version, compatibleWith, requires } of compatibility ?? []) {
      const here = `${at}.compatibility[${version}]`;
      for (const label of [version, ...(compatibleWith ?? [])]) this.#checkLabel(id, label, here);
      for (const { serviceId, range } of requires) {
        const there = `${here}.requires[${serviceId}]`;
        if (typeof range !== 'string') for (const label of range) this.#checkLabel(serviceId, label, there);
        else if (parseVersionRange(range) === null)
          this.#fail('RANGE_INVALID', `${there}.range`, `"${range}" is no range of versions`);
      }
    }
  }

  #checkVersions({ versions }: ConfigService, at: string): void {
    const ordinals = new Map<number, string>();
    for (const { version, ordinal, schemaMin, schemaMax, flags } of versions ?? []) {
      const here = `${at}.versions[${version}]`;
      const other = ordinal === undefined ? undefined : ordinals.get(ordinal);
      if (other !== undefined) this.#fail('ORDINAL_TAKEN', `${here}.ordinal`, `version "${other}" has ${ordinal} too`);
      if (ordinal !== undefined) ordinals.set(ordinal, version);
      if (schemaMin != null && schemaMax != null && schemaMin > schemaMax) {
        this.#fail('SCHEMA_RANGE_WRONG', `${here}.schemaMin`, 'schemaMin is above schemaMax');
      }
      for (const flag of flags ?? []) {
        for (const [i, rule] of flag.rules.entries()) {
          this.#checkCondition(rule.when, `${here}.flags[${flag.name}].rules[${i}].when`);
        }
      }
    }
  }

  #checkRules(service: ConfigService, rules: NonNullable<ConfigService['rules']>, at: string): void {
    const ruleSet = composeRuleSet(service.id, rules as RuleSetDraft, 1, undefined);
    const faults = checkRuleSet(ruleSet);
    for (const { path, message } of faults) this.#fail('CONDITION_INVALID', `${at}.rules.${path}`, message);
    if (faults.length > 0) return;
    const findings = analyzeRules({
      ruleSet,
      service: recordOf(service),
      lanes: (this.#config.lanes ?? []) as readonly LaneRecord[],
      // Instances are not in a file: each version is taken to have one.
      instanceCounts: Object.fromEntries((service.versions ?? []).map(({ version }) => [version, 1])),
    });
    for (const { code, severity, path, message } of this.#tellable(findings, service)) {
      this.findings.push({
        severity,
        code,
        path: `${at}.rules.${path.replace('.target.split.', '.target.')}`,
        message,
      });
    }
  }

  /** Without what the file does not say enough for, and without buckets: nobody writes those. */
  #tellable(findings: readonly RuleFinding[], service: ConfigService): readonly RuleFinding[] {
    return findings.filter(({ code }) => {
      if (code === 'RANGES_WRONG') return false;
      if (code.startsWith('VERSION_')) return service.versions !== undefined;
      return code !== 'LANE_UNKNOWN' || this.#config.lanes !== undefined;
    });
  }

  #checkVersion(serviceId: string, version: string, path: string): void {
    if (this.#config.services === undefined) return;
    const service = this.#services.get(serviceId);
    if (service === undefined) {
      this.#warn('SERVICE_NOT_IN_FILE', path, `the file has no service "${serviceId}"`);
      return;
    }
    if (service.versions === undefined) return;
    const found = this.#checkLabel(serviceId, version, path);
    if (found?.status === 'retired') this.#fail('VERSION_RETIRED', path, `version "${version}" is retired`);
  }

  /** @returns the version, when the file has it */
  #checkLabel(serviceId: string, version: string, path: string): ConfigVersion | undefined {
    const versions = this.#services.get(serviceId)?.versions;
    const found = versions?.find((one) => one.version === version);
    if (versions !== undefined && found === undefined)
      this.#fail('VERSION_UNKNOWN', path, `service "${serviceId}" has no version "${version}"`);
    return found;
  }

  #checkCondition(condition: unknown, path: string): void {
    if (condition == null) return;
    for (const fault of checkCondition(condition as Condition, path)) {
      this.#fail('CONDITION_INVALID', fault.path, fault.message);
    }
  }

  #fail(code: string, path: string, message: string): void {
    this.findings.push({ severity: 'error', code, path, message });
  }

  #warn(code: string, path: string, message: string): void {
    this.findings.push({ severity: 'warning', code, path, message });
  }
}

function recordOf({ id, versions = [] }: ConfigService): ServiceRecord {
  return {
    id,
    unknownTenant: 'reject',
    balancer: 'weighted_round_robin',
    fallback: 'fail',
    defaults: [],
    versions: versions.map(({ version, ordinal, status = 'active' }, i) => ({
      version,
      ordinal: ordinal ?? i + 1,
      status,
    })),
  };
}

function versionOf(cell: ConfigCell): string {
  return typeof cell === 'string' ? cell : cell.version;
}
