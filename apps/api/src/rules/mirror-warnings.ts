import type { RuleFinding } from '@grey/contracts';
import type { RuleRecord, RuleSetRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { tenantsOf } from '../guards/tenants-of.ts';
import type { VersionMove } from '../guards/version-guard.ts';
import { VersionGuards } from '../guards/version-guards.ts';
import type { Transaction } from '../infra/db/database.ts';

/** Rules whose copies are judged; each asks all guards. */
const JUDGED = 20;

/**
 * Copies of requests answer nobody, so nothing that fits badly keeps them from being made. But the version that gets them
 * works on the data of the same tenants: what would be said of a move there is a warning.
 */
@Injectable()
export class MirrorWarnings {
  constructor(private readonly guards: VersionGuards) {}

  async find(tx: Transaction, serviceId: string, { rules }: RuleSetRecord): Promise<RuleFinding[]> {
    const findings: RuleFinding[] = [];
    const mirrored = [...rules.entries()].filter(([, rule]) => rule.isEnabled && (rule.mirror?.share ?? 0) > 0);
    for (const [index, rule] of mirrored.slice(0, JUDGED)) {
      const objections = await this.guards.check(tx, movesOfMirror(serviceId, rule), {});
      // A freeze is about who answers: a copy changes nothing there.
      const [first] = objections.filter(({ code }) => code === 'INCOMPATIBLE');
      if (first !== undefined)
        findings.push({
          code: 'MIRROR_INCOMPATIBLE',
          severity: 'warning',
          ruleId: rule.id,
          otherRuleId: null,
          path: `rules[${index}].mirror.version`,
          message: `copies go to a version that does not fit: ${first.detail}`,
        });
    }
    return findings;
  }
}

function movesOfMirror(serviceId: string, { when, mirror }: RuleRecord): VersionMove[] {
  const toVersion = mirror?.version ?? null;
  return (tenantsOf(when) ?? [null]).map((tenantId) => ({ tenantId, serviceId, fromVersion: null, toVersion }));
}
