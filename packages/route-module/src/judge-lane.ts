import {
  type IncomingHeaders,
  isOurMember,
  type Lane,
  type LanePosition,
  POSITION_HEADER,
  parsePosition,
  parseTag,
  readLane,
  replaceMembers,
  TAG_HEADER,
} from '@grey/lanes';
import type { VerifyLane } from './lane-verifier.ts';
import type { RequestNote } from './request-note.ts';
import type { RouteMetadata } from './scan-metadata.ts';

export interface JudgedLane {
  /** undefined: in none that anybody vouches for. */
  readonly tag: string | undefined;
  readonly position: LanePosition | null;
  /** Whether what the headers say of a lane must not be seen. */
  readonly mustStrip: boolean;
}

const NOTHING: JudgedLane = { tag: undefined, position: null, mustStrip: false };

/**
 * Which lane a request is in: `tag` and `position` as they stand in its metadata, else what its headers say. A trusted caller
 * is believed, another only where an edge has signed tag and position together.
 */
export function judgeLane(
  metadata: RouteMetadata,
  laneHeaders: IncomingHeaders | undefined,
  isTrusted: boolean,
  verifyLane: VerifyLane,
  notes: RequestNote[],
): JudgedLane {
  const found = laneHeaders === undefined ? undefined : readLane(laneHeaders).lane;
  const given = metadata.tag === undefined || metadata.tag === '' ? found : tagOf(metadata.tag);
  const stamp = metadata.position ?? found?.position ?? null;
  if ((given === undefined || (given.tag === null && given.proof === null)) && stamp === null) return NOTHING;
  const lane: Lane = { tag: given?.tag ?? null, proof: given?.proof ?? null, position: stamp };
  const text = (lane.tag ?? '').slice(0, 120);
  if (isTrusted) {
    if (lane.tag !== null) notes.push({ outcome: 'tag_trusted', detail: { tag: text } });
  } else {
    const verdict = verifyLane(lane);
    if (verdict !== 'valid') {
      notes.push({ outcome: 'tag_stripped', detail: { tag: text, position: stamp, why: verdict } });
      return { tag: undefined, position: null, mustStrip: found !== undefined };
    }
    notes.push({ outcome: 'tag_verified', detail: { tag: text } });
  }
  return { tag: lane.tag ?? undefined, position: positionOf(stamp, notes), mustStrip: false };
}

/** The headers without what is ours. */
export function stripHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (lower === TAG_HEADER || lower === POSITION_HEADER) continue;
    const rest = lower === 'baggage' ? replaceMembers(value, [], isOurMember).header : value;
    if (rest !== '' || value === '') kept.push([name, rest]);
  }
  return Object.fromEntries(kept);
}

/** A tag without a signature stands as it is; one with a signature is in the form in which it travels. */
function tagOf(text: string): Pick<Lane, 'tag' | 'proof'> {
  const parsed = parseTag(text);
  return parsed !== undefined && parsed.proof !== null ? parsed : { tag: text, proof: null };
}

function positionOf(stamp: string | null, notes: RequestNote[]): LanePosition | null {
  if (stamp === null) return null;
  const position = parsePosition(stamp) ?? null;
  notes.push({ outcome: position === null ? 'position_malformed' : 'position_asked', detail: { position: stamp } });
  return position;
}
