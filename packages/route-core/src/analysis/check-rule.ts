import { compileRegex } from '../conditions/index.ts';
import type { ServiceRecord } from '../records.ts';
import type { LaneRecord, PathMatch, RuleRecord, SplitRecord } from '../routing-records.ts';
import { BUCKET_COUNT } from '../splits/bucket-of.ts';
import { checkRanges } from '../splits/check-ranges.ts';
import type { RuleFinding } from './rule-finding.ts';

/** What a rule may name. */
export interface RuleSurroundings {
  readonly service: ServiceRecord;
  readonly lanes: readonly LaneRecord[];
  /** Instances that are enabled and not unhealthy, by version; a version that is not listed has none. */
  readonly instanceCounts: Readonly<Record<string, number>>;
}

/** What can be said of one rule alone, except of its condition. */
export function checkRule(rule: RuleRecord, path: string, around: RuleSurroundings): RuleFinding[] {
  const check = new RuleCheck(rule, path, around);
  check.run();
  return check.findings;
}

class RuleCheck {
  readonly findings: RuleFinding[] = [];
  readonly #rule: RuleRecord;
  readonly #path: string;
  readonly #around: RuleSurroundings;

  constructor(rule: RuleRecord, path: string, around: RuleSurroundings) {
    this.#rule = rule;
    this.#path = path;
    this.#around = around;
  }

  run(): void {
    const { path, target, fallback, mirror } = this.#rule;
    if (path !== undefined) this.#checkPath(path);
    if (target.kind === 'version') this.#checkVersion(target.version, 'target.version');
    else if (target.kind === 'split') this.#checkSplit(target.split);
    else this.#checkLane(target.tag);
    if (fallback?.mode === 'version') this.#checkFallback(fallback.version);
    if (mirror !== undefined) {
      this.#checkVersion(mirror.version, 'mirror.version');
      this.#checkShare(mirror.share, 'mirror.share');
    }
  }

  #checkPath({ type, value }: PathMatch): void {
    if (type === 'prefix' && !value.endsWith('/')) {
      this.#warn(
        'PREFIX_OPEN',
        'path.value',
        `is plain text: it also matches "${value}0"; end it with a slash, or add an exact rule`,
      );
    }
    if (type !== 'regex') return;
    const regex = compileRegex(value);
    if (!regex.ok) this.#fail('REGEX_INVALID', 'path.value', regex.message);
  }

  #checkVersion(version: string, at: string): void {
    const record = this.#around.service.versions.find((v) => v.version === version);
    if (record === undefined) this.#fail('VERSION_UNKNOWN', at, `there is no version "${version}"`);
    else if (record.status === 'retired') this.#fail('VERSION_RETIRED', at, `version "${version}" is retired`);
    else if (countOf(this.#around.instanceCounts, version) === 0) {
      this.#warn('VERSION_WITHOUT_INSTANCE', at, `version "${version}" has no instance that could answer`);
    }
  }

  #checkSplit({ shares, whenMissing }: SplitRecord): void {
    for (const [i, { version, weight }] of shares.entries()) {
      this.#checkShare(weight, `target.split.shares[${i}].weight`);
      if (weight > 0) this.#checkVersion(version, `target.split.shares[${i}].version`);
    }
    const total = shares.reduce((sum, { weight }) => sum + weight, 0);
    if (total !== BUCKET_COUNT) {
      this.#fail('WEIGHTS_WRONG', 'target.split.shares', `the weights add up to ${total}, not ${BUCKET_COUNT}`);
    }
    for (const { path, message } of checkRanges(shares)) {
      const at = path.replace(/\.?\b(\d+)/g, '[$1]');
      this.#fail('RANGES_WRONG', `target.split.shares${at}`, message);
    }
    if (whenMissing === 'random') {
      this.#warn('RULE_NOT_STICKY', 'target.split.whenMissing', 'requests without the unit change between versions');
    }
  }

  #checkLane(tag: string): void {
    const lane = this.#around.lanes.find((other) => other.tag === tag);
    const at = 'target.tag';
    if (lane === undefined) {
      this.#fail('LANE_UNKNOWN', at, `there is no lane "${tag}"`);
      return;
    }
    const served = lane.versions.findLast(({ serviceId }) => serviceId === this.#around.service.id);
    if (served !== undefined) this.#checkVersion(served.version, at);
    else if (lane.mode === 'strict') {
      this.#fail(
        'LANE_NOT_SERVED',
        at,
        `lane "${tag}" is strict and has no version of this service: all would be refused`,
      );
    }
  }

  #checkFallback(version: string | undefined): void {
    if (version === undefined) this.#fail('VERSION_UNKNOWN', 'fallback.version', 'names no version');
    else this.#checkVersion(version, 'fallback.version');
  }

  #checkShare(share: number, at: string): void {
    if (Number.isInteger(share) && share >= 0 && share <= BUCKET_COUNT) return;
    this.#fail('SHARE_WRONG', at, `${share} is no whole number from 0 to ${BUCKET_COUNT}`);
  }

  #fail(code: RuleFinding['code'], at: string, message: string): void {
    this.#add(code, 'error', at, message);
  }

  #warn(code: RuleFinding['code'], at: string, message: string): void {
    this.#add(code, 'warning', at, message);
  }

  #add(code: RuleFinding['code'], severity: RuleFinding['severity'], at: string, message: string): void {
    const path = `${this.#path}.${at}`;
    this.findings.push({ code, severity, ruleId: this.#rule.id, otherRuleId: null, path, message });
  }
}

/** Own properties only: a version may be called `constructor`. */
function countOf(counts: Readonly<Record<string, number>>, version: string): number {
  return Object.hasOwn(counts, version) ? counts[version]! : 0;
}
