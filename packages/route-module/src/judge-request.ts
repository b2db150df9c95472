import type { RouteRequest } from '@grey/contracts';
import { type IncomingHeaders, type KeyRing, type LanePosition, POSITION_HEADER, TAG_HEADER } from '@grey/lanes';
import type { DecisionRequest } from '@grey/route-core';
import { isTrusted, type RouteCaller } from './caller.ts';
import { clientIpOf, unmapAddress } from './client-ip.ts';
import { judgeLane, stripHeaders } from './judge-lane.ts';
import type { VerifyLane } from './lane-verifier.ts';
import type { RequestNote } from './request-note.ts';
import { HAS_UNKNOWN, moveUnknown, NEEDS_JUDGING, type RouteMetadata, scanMetadata } from './scan-metadata.ts';
import type { UserTokens, UserTokenVerdict } from './user-tokens.ts';

/** What decides how far a caller is believed. */
export interface TrustOptions {
  /** Keys with which an edge signs tags. Without them only trusted callers can say which lane a call is in. */
  readonly laneKeys?: KeyRing | undefined;
  /** Verifies `requestMetadata.token`. Without it a token is a mere text that requests can be split by. */
  readonly userTokens?: UserTokens | undefined;
  /** How many proxies stand before the caller and add to `X-Forwarded-For`. Default 0: the header is not looked at. */
  readonly trustedHops?: number | undefined;
}

/** The same as judging needs it. */
export interface Trust extends Omit<TrustOptions, 'laneKeys'> {
  readonly verifyLane: VerifyLane;
}

/** A request as the engine may see it. */
export interface JudgedRequest {
  readonly request: DecisionRequest;
  /** Where the version is to be chosen; null: at the present position. */
  readonly position: LanePosition | null;
  readonly notes: readonly RequestNote[];
  /** What the caller may not say, with the name of the field; null: nothing. */
  readonly forbidden: string | null;
}

const NO_NOTES: readonly RequestNote[] = [];

/**
 * Works out what of a request is believed. A promise only where a user's token is seen for the first time: all else, and
 * every request without a token, is judged at once.
 */
export function judgeRequest(
  trust: Trust,
  caller: RouteCaller,
  body: RouteRequest,
): JudgedRequest | Promise<JudgedRequest> {
  const { tenantId, serviceName, requestMetadata: metadata, balancer } = body;
  // One form of object for all requests: the engine reads them faster.
  if (metadata === undefined) return plain({ tenantId, serviceName, metadata, balancer });
  const found = scanMetadata(metadata);
  const known = (found & HAS_UNKNOWN) === 0 ? metadata : (moveUnknown(metadata) as RouteMetadata);
  if ((found & NEEDS_JUDGING) === 0) return plain({ tenantId, serviceName, metadata: known, balancer });
  const { token, claims } = known;
  if (claims !== undefined && !isTrusted(caller)) {
    const request = { tenantId, serviceName, metadata: undefined, balancer };
    const forbidden = 'requestMetadata.claims needs the permission route.trusted.';
    return { request, position: null, notes: NO_NOTES, forbidden };
  }
  if (trust.userTokens === undefined || token === undefined || token === '' || claims !== undefined) {
    return judge(trust, caller, { ...body, requestMetadata: known });
  }
  const verdict = trust.userTokens.find(token);
  if (verdict !== undefined) return judge(trust, caller, { ...body, requestMetadata: known }, verdict);
  return trust.userTokens.verify(token).then((made) => judge(trust, caller, { ...body, requestMetadata: known }, made));
}

function plain(request: DecisionRequest): JudgedRequest {
  return { request, position: null, notes: NO_NOTES, forbidden: null };
}

function judge(
  trust: Trust,
  caller: RouteCaller,
  { tenantId, serviceName, balancer, requestMetadata = {} }: RouteRequest,
  verdict?: UserTokenVerdict,
): JudgedRequest {
  const notes: RequestNote[] = [];
  const headers = requestMetadata.headers === undefined ? undefined : pickHeaders(requestMetadata.headers);
  const lane = judgeLane(requestMetadata, headers, isTrusted(caller), trust.verifyLane, notes);
  const { tag: _tag, position: _position, ...rest } = requestMetadata;
  const metadata: RouteMetadata = rest;
  if (lane.tag !== undefined) metadata.tag = lane.tag;
  if (lane.mustStrip && metadata.headers !== undefined) metadata.headers = stripHeaders(metadata.headers);
  const clientIp = findClientIp(metadata.clientIp, headers, trust.trustedHops ?? 0, notes);
  if (clientIp !== undefined) metadata.clientIp = clientIp;
  if (verdict?.ok) {
    metadata.claims = verdict.claims;
    notes.push({ outcome: 'token_verified', detail: {} });
  } else if (verdict !== undefined) notes.push({ outcome: 'token_refused', detail: { why: verdict.fault } });
  return { request: { tenantId, serviceName, metadata, balancer }, position: lane.position, notes, forbidden: null };
}

/** A caller's word on the address of its client counts, as its word on the user does. */
function findClientIp(
  given: string | undefined,
  headers: IncomingHeaders | undefined,
  trustedHops: number,
  notes: RequestNote[],
): string | undefined {
  if (given !== undefined && given !== '') return unmapAddress(given);
  const forwardedFor = headers?.[FORWARDED_FOR];
  if (typeof forwardedFor !== 'string' || trustedHops === 0) return given;
  const address = clientIpOf(forwardedFor, trustedHops);
  notes.push({ outcome: address === null ? 'client_ip_missing' : 'client_ip_found', detail: { address, trustedHops } });
  return address ?? given;
}

const FORWARDED_FOR = 'x-forwarded-for';
const LOOKED_AT = new Set([TAG_HEADER, POSITION_HEADER, 'baggage', FORWARDED_FOR]);
const LENGTHS = new Set([...LOOKED_AT].map((name) => name.length));

/** The headers that matter here by their lower-case names; of several spellings of one the first. undefined: none of them. */
function pickHeaders(headers: Readonly<Record<string, string>>): IncomingHeaders | undefined {
  let picked: Record<string, string> | undefined;
  for (const name in headers) {
    if (!LENGTHS.has(name.length)) continue;
    const lower = name.toLowerCase();
    if (!LOOKED_AT.has(lower)) continue;
    picked ??= {};
    picked[lower] ??= headers[name]!;
  }
  return picked;
}
