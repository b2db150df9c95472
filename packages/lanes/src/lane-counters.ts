import type { ArrivalLoss } from './read-lane.ts';

/**
 * `context_lost`: a call left outside of any request while requests with a tag were under way here; either a job of this
 * process's own or code that lost its request, see `bindLane`.
 */
export type LaneLoss = ArrivalLoss | 'context_lost';
export const laneLosses = [
  'header_missing',
  'baggage_missing',
  'both_missing',
  'conflict',
  'malformed',
  'context_lost',
] as const satisfies readonly LaneLoss[];

/** Counters since the start; give each as a Prometheus counter, the losses with the label `reason`. */
export class LaneCounters {
  readonly lost: Record<LaneLoss, number> = {
    header_missing: 0,
    baggage_missing: 0,
    both_missing: 0,
    conflict: 0,
    malformed: 0,
    context_lost: 0,
  };
  /** Inbound tags or positions that an edge took away, because nobody it trusts has signed them. */
  stripped = 0;
  /** Calls that left with a tag or a position. */
  sent = 0;
  /** Calls in a lane to hosts that are not on the list; they went without. */
  withheld = 0;
  /** Baggage members of others that found no room beside ours. */
  dropped = 0;
  /** Requests with a tag that are under way here. */
  underWay = 0;

  /** The counters in Prometheus' text format. */
  toPrometheus(): string {
    const lines = ['# TYPE grey_lane_lost_total counter'];
    for (const reason of laneLosses) lines.push(`grey_lane_lost_total{reason="${reason}"} ${this.lost[reason]}`);
    for (const name of ['stripped', 'sent', 'withheld', 'dropped'] as const) {
      lines.push(`# TYPE grey_lane_${name}_total counter`, `grey_lane_${name}_total ${this[name]}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

/** What the middleware and the wrappers count in unless told otherwise: one per process. */
export const laneCounters: LaneCounters = new LaneCounters();
