import type { ServiceRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../infra/db/database.ts';
import { LiveInstances } from '../services/live-instances.ts';
import { ServiceRecords } from '../services/service-records.ts';
import type { JudgedRules, RuleSource } from './judge-rules.ts';
import { MirrorWarnings } from './mirror-warnings.ts';
import { RuleJudge } from './rule-judge.ts';
import { RulesStore } from './rules.store.ts';

/** Rules of one service, judged by what is there now. */
@Injectable()
export class RulesContexts {
  constructor(
    private readonly store: RulesStore,
    private readonly services: ServiceRecords,
    private readonly instances: LiveInstances,
    private readonly ruleJudge: RuleJudge,
    private readonly mirrors: MirrorWarnings,
  ) {}

  /**
   * @param isLocked keeps other changes of the service away until the transaction ends
   * @throws ApiError SERVICE_UNKNOWN
   */
  async open(tx: Transaction, serviceId: string, isLocked = false): Promise<OpenRules> {
    if (!isLocked) await this.services.assertKnown(tx, serviceId);
    const service = isLocked ? await this.services.lock(tx, serviceId) : await this.services.read(tx, serviceId);
    return {
      service,
      judge: async (source) => {
        // Read only now: lanes that were held since are as they will be when the transaction ends.
        const lanes = await this.store.listLanes(tx);
        const context = { service, lanes, instanceCounts: this.#countInstances(serviceId) };
        const { record, findings } = await this.ruleJudge.judge(source, context);
        return { record, findings: [...findings, ...(await this.mirrors.find(tx, serviceId, record))] };
      },
    };
  }

  #countInstances(serviceId: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { version, isUsable } of this.instances.listLive(serviceId))
      if (isUsable) counts[version] = (counts[version] ?? 0) + 1;
    return counts;
  }
}

export interface OpenRules {
  readonly service: ServiceRecord;
  /** A rule set as it would be live, and what is wrong or doubtful with it. */
  judge(source: RuleSource): Promise<JudgedRules>;
}
