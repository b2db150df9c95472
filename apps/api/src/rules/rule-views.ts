import type { Actor, RuleDraft, RuleFinding, RuleRevision } from '@grey/contracts';
import { etagOf } from '../infra/http/etag.ts';
import type { DraftRow, RevisionRow } from './rules.store.ts';

/** Entity tag of a draft that is not there. */
export const NO_DRAFT = { etag: etagOf(0) };

/** A published set in the words of the API. */
export function revisionView(row: RevisionRow): RuleRevision {
  const actor: Actor = { kind: row.actorKind, id: row.actorId, name: row.actorName };
  return {
    serviceId: row.serviceId,
    number: row.number,
    isLive: row.isLive,
    normalizePath: row.input.normalizePath,
    rules: row.input.rules,
    ruleCount: row.input.rules.length,
    publishedAt: row.at.toISOString(),
    publishedBy: actor,
    reason: row.reason,
    position: { epoch: row.epoch, revision: Number(row.revision) },
    republishedFrom: row.republishedFrom,
  };
}

/** A draft in the words of the API. */
export function draftView(row: DraftRow, findings: readonly RuleFinding[]): RuleDraft {
  return {
    normalizePath: row.input.normalizePath,
    rules: row.input.rules,
    basedOn: row.basedOn,
    savedAt: row.savedAt.toISOString(),
    savedBy: row.savedBy,
    findings: [...findings],
    etag: etagOf(row.stamp),
  };
}

/** Somebody else has published since the draft was begun: publishing it takes back what they changed. */
export function findOutdated(draft: DraftRow, liveNumber: number | undefined): RuleFinding[] {
  if (draft.basedOn === (liveNumber ?? null)) return [];
  return [
    {
      code: 'DRAFT_OUTDATED',
      severity: 'warning',
      ruleId: null,
      otherRuleId: null,
      path: 'basedOn',
      message: `the draft was begun on set ${draft.basedOn ?? 'none'}, and set ${liveNumber} is live`,
    },
  ];
}
