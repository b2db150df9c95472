import type { RuleFinding, RuleSetInput } from '@grey/contracts';
import type { RuleSetRecord, ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { LiveInstances } from '../services/live-instances.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { findFindings } from './find-findings.ts';
import { ruleSetRecordOf } from './rule-set-record.ts';
import { RulesStore } from './rules.store.ts';

/** Judges rules of one service by what is there now. */
@Injectable()
export class RulesContexts {
  constructor(
    private readonly store: RulesStore,
    private readonly services: ServiceRecords,
    private readonly instances: LiveInstances,
  ) {}

  /**
   * @param isLocked keeps other changes of the service away until the transaction ends
   * @throws ApiError SERVICE_UNKNOWN
   */
  async open(tx: Transaction, serviceId: string, isLocked = false): Promise<OpenRules> {
    if (!isLocked) await this.services.assertKnown(tx, serviceId);
    const service = isLocked ? await this.services.lock(tx, serviceId) : await this.services.read(tx, serviceId);
    const lanes = await this.store.listLanes(tx);
    const counts: Record<string, number> = {};
    for (const { version, isUsable } of this.instances.listLive(serviceId))
      if (isUsable) counts[version] = (counts[version] ?? 0) + 1;
    return {
      service,
      recordOf: (input, number) => ruleSetRecordOf(serviceId, input, number, service.ruleSet),
      judge: (ruleSet) => findFindings(ruleSet, { service, lanes, instanceCounts: counts }),
    };
  }
}

export interface OpenRules {
  readonly service: ServiceRecord;
  /** What publishing would make of an input. */
  recordOf(input: RuleSetInput, number: number): RuleSetRecord;
  judge(ruleSet: RuleSetRecord): RuleFinding[];
}
