import { parseBaggage } from './baggage.ts';
import { type Lane, NO_LANE, parseTag } from './lane.ts';
import { decodeText } from './percent-code.ts';
import { parsePosition } from './position.ts';
import { isMarked } from './trace-state.ts';

export const TAG_HEADER = 'x-grey-tag';
export const POSITION_HEADER = 'x-grey-position';
export const TAG_MEMBER = 'grey-tag';
export const POSITION_MEMBER = 'grey-position';

/** Headers by lower-case name, as node:http gives them. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Why a call did not bring its lane whole. The tag travels twice, so `header_missing` and `baggage_missing` cost nothing but
 * say that the hop before passes on only one of both; `both_missing` is a tag gone for good, known by the mark in
 * `tracestate`. `conflict`: the two differ, the header counts. `malformed`: too long to be a tag.
 */
export type ArrivalLoss = 'header_missing' | 'baggage_missing' | 'both_missing' | 'conflict' | 'malformed';

export interface ReadLane {
  readonly lane: Lane;
  readonly loss: ArrivalLoss | null;
}

/** Whether a baggage key is one of ours, also in the spellings that other libraries would make ours of. */
export function isOurMember(key: string): boolean {
  const name = decodeText(key).toLowerCase();
  return name === TAG_MEMBER || name === POSITION_MEMBER;
}

/** What the headers of a call say about its lane. Believes everything; never throws. */
export function readLane(headers: IncomingHeaders): ReadLane {
  const header = textOf(headers[TAG_HEADER]);
  const baggage = textOf(headers.baggage);
  const stamp = textOf(headers[POSITION_HEADER]);
  if (header === undefined && stamp === undefined && baggage === undefined) {
    return { lane: NO_LANE, loss: isMarked(textOf(headers.tracestate)) ? 'both_missing' : null };
  }
  const members = baggage === undefined ? [] : parseBaggage(baggage);
  const member = members.find(({ key }) => key === TAG_MEMBER);
  // A comma is always encoded: this one joins two headers, and nobody can say which of them counts.
  const fromHeader = header === undefined || header.includes(',') ? undefined : parseTag(header);
  const fromBaggage = member === undefined ? undefined : parseTag(rawValueOf(member.text));
  const found = fromHeader ?? fromBaggage ?? NO_LANE;
  const position =
    stampOf(stamp) ?? stampOf(members.find(({ key }) => key === POSITION_MEMBER)?.value) ?? NO_LANE.position;
  const isMalformed =
    (header !== undefined && fromHeader === undefined) || (member !== undefined && fromBaggage === undefined);
  const loss = isMalformed ? 'malformed' : lossOf(fromHeader?.tag ?? null, fromBaggage?.tag ?? null, headers);
  // A hop may have written the header anew from the tag alone; the signature then is still in baggage.
  const proof = found.proof ?? (fromBaggage?.tag === found.tag ? (fromBaggage?.proof ?? null) : null);
  return { lane: { tag: found.tag, proof, position }, loss };
}

function lossOf(header: string | null, baggage: string | null, headers: IncomingHeaders): ArrivalLoss | null {
  if (header === baggage) {
    return header === null && isMarked(textOf(headers.tracestate)) ? 'both_missing' : null;
  }
  if (header === null) return 'header_missing';
  return baggage === null ? 'baggage_missing' : 'conflict';
}

/** Behind the first `=`, with the properties. */
function rawValueOf(member: string): string {
  return member.slice(member.indexOf('=') + 1).trim();
}

function stampOf(text: string | undefined): string | undefined {
  return text !== undefined && parsePosition(text) !== undefined ? text : undefined;
}

/** Repeated headers are one list; bytes beyond ASCII are read as UTF-8, which is what senders that forget to encode mean. */
function textOf(value: string | readonly string[] | undefined): string | undefined {
  const text = typeof value === 'string' || value === undefined ? value : value.join(',');
  if (text === undefined || text === '') return undefined;
  return /[\u0080-\u00ff]/.test(text) && !/[\u0100-\uffff]/.test(text)
    ? Buffer.from(text, 'latin1').toString('utf8')
    : text;
}
