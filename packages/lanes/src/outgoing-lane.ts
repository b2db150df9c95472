import { replaceMembers } from './baggage.ts';
import { HostList } from './host-list.ts';
import type { KeyRing } from './key-ring.ts';
import { formatTag, type Lane, NO_LANE } from './lane.ts';
import { currentLane } from './lane-context.ts';
import { type LaneCounters, laneCounters } from './lane-counters.ts';
import { isOurMember, POSITION_HEADER, POSITION_MEMBER, TAG_HEADER, TAG_MEMBER } from './read-lane.ts';
import { signLane } from './signed-lane.ts';
import { withMark, withoutMark } from './trace-state.ts';

export interface OutgoingLaneOptions {
  /** Who may see a tag, see {@link HostList}. Every other host gets none, whatever the caller has put into the headers. */
  readonly hosts: readonly string[];
  /** Signs what is not signed yet; for an edge whose services ask /route with keys of their own. */
  readonly keys?: KeyRing | undefined;
  /** How long such a signature holds, in milliseconds; at least as long as a call tree runs. Default five minutes. */
  readonly lifetimeMs?: number;
  /** Milliseconds since 1970. Default Date.now. */
  readonly now?: () => number;
  readonly counters?: LaneCounters;
  /** Told of baggage members of others that found no room. */
  readonly onDropped?: (keys: readonly string[]) => void;
}

/** The headers of a call that concern lanes; by lower-case name. undefined: there is none. */
export type LaneHeaders = Record<
  typeof TAG_HEADER | typeof POSITION_HEADER | 'baggage' | 'tracestate',
  string | undefined
>;
export const laneHeaderNames = [TAG_HEADER, POSITION_HEADER, 'baggage', 'tracestate'] as const;

/** Works out, for a call to `url`, what becomes of the headers that concern lanes. */
export type OutgoingLane = (url: URL, given: (name: string) => string | undefined) => LaneHeaders;

/** What all wrappers of clients share; use it for clients that have none. */
export function createOutgoingLane(options: OutgoingLaneOptions): OutgoingLane {
  const hosts = new HostList(options.hosts);
  const counters = options.counters ?? laneCounters;
  return (url, given) => {
    const lane = currentLane();
    const isAllowed = hosts.includes(url);
    if (lane === undefined && isAllowed && counters.underWay > 0) counters.lost.context_lost++;
    const own = isAllowed ? signed(lane ?? NO_LANE, options) : NO_LANE;
    const tag = formatTag(own);
    const members: string[] = [];
    if (tag !== null) members.push(`${TAG_MEMBER}=${tag}`);
    if (own.position !== null) members.push(`${POSITION_MEMBER}=${own.position}`);
    const { header, dropped } = replaceMembers(given('baggage'), members, isOurMember);
    if (members.length > 0) counters.sent++;
    else if (isInLane(lane)) counters.withheld++;
    if (dropped.length > 0) {
      counters.dropped += dropped.length;
      options.onDropped?.(dropped);
    }
    return {
      [TAG_HEADER]: tag ?? undefined,
      [POSITION_HEADER]: own.position ?? undefined,
      baggage: header === '' ? undefined : header,
      tracestate: traceStateOf(own, given),
    };
  };
}

function isInLane(lane: Lane | undefined): boolean {
  return lane !== undefined && (lane.tag !== null || lane.position !== null);
}

function signed(lane: Lane, { keys, now, lifetimeMs }: OutgoingLaneOptions): Lane {
  if (keys === undefined || lane.proof !== null || !isInLane(lane)) return lane;
  return signLane(lane, keys, { now, lifetimeMs });
}

/** A trace state without a trace parent has no meaning, so there is a mark only where there is a trace. */
function traceStateOf(lane: Lane, given: (name: string) => string | undefined): string | undefined {
  const traceState = given('tracestate');
  if (lane.tag !== null && given('traceparent') !== undefined) return withMark(traceState);
  if (traceState === undefined) return undefined;
  const rest = withoutMark(traceState);
  return rest === '' ? undefined : rest;
}
