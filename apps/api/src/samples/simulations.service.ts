import type { operations, Simulation } from '@grey/contracts';
import { draftSnapshot, findService, type SimulationResult, type Snapshot, simulate } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../infra/http/api-error.ts';
import type { Called } from '../infra/http/operation.decorator.ts';
import { RouterState } from '../routing/router-state.ts';
import { RuleCandidates } from '../rules/rule-candidates.ts';
import { DecisionSamples, type SampleOfService } from './decision-samples.ts';
import { findUnseen } from './find-unseen.ts';

type Ops = typeof operations;
const TENANTS_SHOWN = 100;

/** What a rule set would change for the requests that were sampled here. */
@Injectable()
export class SimulationsService {
  constructor(
    private readonly router: RouterState,
    private readonly samples: DecisionSamples,
    private readonly candidates: RuleCandidates,
  ) {}

  /**
   * @throws ApiError SNAPSHOT_MISSING, SERVICE_UNKNOWN, RULE_DRAFT_UNKNOWN, RULE_SET_UNKNOWN, RULES_INVALID,
   * VALIDATION_FAILED
   */
  async run({ input }: Called<Ops['simulateRules']>): Promise<Simulation> {
    const { serviceId } = input.params;
    const { seed, ...source } = input.body;
    const { ruleSet, findings } = await this.candidates.find(serviceId, source);
    // After the wait: the snapshot must be the one that the sample is decided on.
    const snapshot = this.#snapshot();
    const service = findService(snapshot, serviceId);
    if (service === undefined) throw new ApiError('SERVICE_UNKNOWN');
    const after = draftSnapshot(snapshot, { ...service, ruleSet });
    const sample = this.samples.of(serviceId);
    const result = simulate(snapshot, after, sample.items, { seed, topTenants: TENANTS_SHOWN });
    return { ...viewOf(result, sample), unseen: findUnseen(ruleSet, this.samples.keptNames), findings };
  }

  #snapshot(): Snapshot {
    const { snapshot } = this.router;
    if (snapshot === undefined) throw new ApiError('SNAPSHOT_MISSING');
    return snapshot;
  }
}

function viewOf(
  result: SimulationResult,
  { seenCount, since }: SampleOfService,
): Omit<Simulation, 'unseen' | 'findings'> {
  return {
    sampleCount: result.total,
    sampledSince: since === null ? null : new Date(since).toISOString(),
    seenCount,
    changedCount: result.changed,
    transitions: result.byTransition.map((one) => ({ ...one })),
    tenants: result.byTenant.map((tenant) => ({
      ...tenant,
      transitions: tenant.transitions.map((one) => ({ ...one })),
    })),
    tenantCount: result.tenantCount,
    changedTenantCount: result.changedTenantCount,
    noInstanceBefore: result.wouldFindNoInstance.before,
    noInstanceAfter: result.wouldFindNoInstance.after,
    rules: result.byRule.map((one) => ({ ...one })),
  };
}
