import { composeRuleSet, type RuleSetDraft, type ServiceRecord, type SnapshotSource } from '@grey/route-core';
import type { RuleSetInput } from '../../api/generated/model/index.ts';

/** The same source with other rules for one service: what the routers would have, were these published now. */
export function composeRules(source: SnapshotSource, serviceId: string, input: RuleSetInput): SnapshotSource {
  const services = [...source.services].map((service): ServiceRecord => {
    if (service.id !== serviceId) return service;
    const number = (service.ruleSet?.number ?? 0) + 1;
    return { ...service, ruleSet: composeRuleSet(serviceId, input as RuleSetDraft, number, service.ruleSet) };
  });
  return { ...source, services };
}
