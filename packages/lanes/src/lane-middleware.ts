import type { IncomingMessage, ServerResponse } from 'node:http';
import { replaceMembers } from './baggage.ts';
import type { KeyRing } from './key-ring.ts';
import { type Lane, NO_LANE } from './lane.ts';
import { bindEmitter, runInLane } from './lane-context.ts';
import { type LaneCounters, laneCounters } from './lane-counters.ts';
import { type ArrivalLoss, isOurMember, POSITION_HEADER, readLane, TAG_HEADER } from './read-lane.ts';
import { type LaneVerdict, verifyLane } from './signed-lane.ts';
import { withoutMark } from './trace-state.ts';

export interface LaneMiddlewareOptions {
  /**
   * `edge`: callers are strangers; only what is signed with one of `keys` is believed, the rest is taken out of the request.
   * `inside`: callers are services of one's own on a trusted network.
   */
  readonly mode: 'edge' | 'inside';
  readonly keys?: KeyRing | undefined;
  /** Milliseconds since 1970. Default Date.now. */
  readonly now?: () => number;
  readonly counters?: LaneCounters;
  readonly onLostHop?: (loss: ArrivalLoss, req: IncomingMessage) => void;
  readonly onStripped?: (verdict: LaneVerdict, req: IncomingMessage) => void;
}

/** Fits Express and everything else that hands node:http's objects on. */
export type LaneMiddleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/** Lets each request be worked on in the lane that it came with; one without a tag is in no lane. Never fails a request. */
export function laneMiddleware(options: LaneMiddlewareOptions): LaneMiddleware {
  const counters = options.counters ?? laneCounters;
  return (req, res, next) => {
    const lane = options.mode === 'edge' ? admit(req, options, counters) : receive(req, options, counters);
    if (lane.tag !== null) {
      counters.underWay++;
      res.once('close', () => counters.underWay--);
    }
    bindEmitter(req, lane);
    bindEmitter(res, lane);
    runInLane(lane, next);
  };
}

/** On a trusted network: what came counts, and what did not come whole is a hop's fault. */
function receive(req: IncomingMessage, options: LaneMiddlewareOptions, counters: LaneCounters): Lane {
  const { lane, loss } = readLane(req.headers);
  if (loss !== null) {
    counters.lost[loss]++;
    options.onLostHop?.(loss, req);
  }
  return lane;
}

/** A stranger's claims are nobody's lost hop. What is not believed must not reach code that copies headers either. */
function admit(req: IncomingMessage, options: LaneMiddlewareOptions, counters: LaneCounters): Lane {
  const { lane, loss } = readLane(req.headers);
  if (lane.tag === null && lane.position === null && lane.proof === null && loss !== 'malformed') {
    if (mentionsLane(req)) strip(req);
    return NO_LANE;
  }
  const verdict = options.keys === undefined ? 'unsigned' : verifyLane(lane, options.keys, options.now);
  if (verdict === 'valid') return lane;
  strip(req);
  counters.stripped++;
  options.onStripped?.(verdict, req);
  return NO_LANE;
}

function mentionsLane({ headers }: IncomingMessage): boolean {
  if (TAG_HEADER in headers || POSITION_HEADER in headers) return true;
  return headers.baggage !== undefined || headers.tracestate !== undefined;
}

/** Takes tag and position out of the headers, also out of the raw ones, which proxies copy. */
function strip(req: IncomingMessage): void {
  // Node derives these from the raw ones when they are first read, and counts on their number.
  const { headers, headersDistinct } = req;
  const rawHeaders: string[] = [];
  for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!;
    const value = withoutLane(name.toLowerCase(), req.rawHeaders[i + 1]!);
    if (value !== '') rawHeaders.push(name, value);
  }
  req.rawHeaders = rawHeaders;
  for (const name of [TAG_HEADER, POSITION_HEADER, 'baggage', 'tracestate']) {
    const value = headers[name];
    if (typeof value !== 'string') continue;
    const rest = withoutLane(name, value);
    if (rest === '') {
      delete headers[name];
      delete headersDistinct[name];
    } else {
      headers[name] = rest;
      headersDistinct[name] = [rest];
    }
  }
}

/** A header's value without what is ours; empty: nothing is left of it. */
function withoutLane(name: string, value: string): string {
  if (name === TAG_HEADER || name === POSITION_HEADER) return '';
  if (name === 'baggage') return replaceMembers(value, [], isOurMember).header;
  return name === 'tracestate' ? withoutMark(value) : value;
}
