import type { Position } from '@grey/contracts';
import { comparePositions, type KnownRouter, type RouterReport } from '@grey/propagation';
import type { RememberedRouter } from './known-routers.store.ts';

/** What two places say of a router, taken together. */
export interface RouterSighting {
  /** What the router itself wrote last. */
  readonly report: RouterReport;
  readonly position: Position | null;
  /** Changes when the router reports, whatever its clock says. */
  readonly stamp: string;
  readonly isGone: boolean;
  /** An operator vouched for it, and it has not reported since. */
  readonly isForgotten: boolean;
}

/** @param here what Redis has of it @param kept what the database has of it; one of the two is there */
export function sightOf(here: KnownRouter | undefined, kept: RememberedRouter | undefined): RouterSighting {
  const report = (here ?? kept)?.report as RouterReport;
  const isOwnWord = report.kind === 'api';
  const forgottenAt = kept?.forgottenAt ?? null;
  return {
    report,
    position: furthest(here?.report.position ?? null, kept?.report.position ?? null),
    stamp: `${here?.report.at}/${kept?.report.at}`,
    // Replicas say goodbye in both places, and are never back under the same id.
    isGone: here === undefined || isOwnWord ? (here?.isGone ?? false) || (kept?.isGone ?? false) : here.isGone,
    isForgotten: forgottenAt !== null && forgottenAt === report.at,
  };
}

function furthest(one: Position | null, other: Position | null): Position | null {
  if (one === null || other === null) return one ?? other;
  return comparePositions(one, other) >= 0 ? one : other;
}
