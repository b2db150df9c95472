import { decodeText, encodeText } from './percent-code.ts';
import { formatPosition, type LanePosition, parsePosition } from './position.ts';

/** Longest tag, in characters of its percent-encoded form; with a signature it stays under the 1 024 that routers accept. */
export const TAG_LENGTH_LIMIT = 768;
/** Longest text of a tag with its signature. */
const TEXT_LENGTH_LIMIT = 1024;

const KEY_ID = '[A-Za-z0-9_-]{1,32}';
const PROOF = new RegExp(`^;kid=(${KEY_ID});exp=([1-9][0-9]{0,12});sig=([A-Za-z0-9_-]{43})$`);
const PROOF_PARTS = ['kid', 'exp', 'sig'] as const;

/** What a call carries about the lane that it is in. */
export interface Lane {
  /** null: in none. */
  readonly tag: string | null;
  /** `epoch-revision` at which versions are to be chosen along the whole call tree; null: at the present one. */
  readonly position: string | null;
  /** Signature over tag and position as it travels behind the tag (`;kid=…;exp=…;sig=…`); null: unsigned. */
  readonly proof: string | null;
}

/** The parts of a signature. `expiresAt` in seconds since 1970. */
export interface ProofParts {
  readonly keyId: string;
  readonly expiresAt: number;
  readonly signature: string;
}

export const NO_LANE: Lane = { tag: null, position: null, proof: null };

/**
 * A lane to enter. Lone surrogates in the tag become U+FFFD.
 * @throws RangeError when the tag is longer than TAG_LENGTH_LIMIT once encoded, or the position is none
 */
export function makeLane(lane: {
  readonly tag?: string | null | undefined;
  readonly position?: string | LanePosition | null | undefined;
  readonly proof?: string | null | undefined;
}): Lane {
  const tag = lane.tag?.toWellFormed() || null;
  if (tag !== null && encodeText(tag).length > TAG_LENGTH_LIMIT) {
    throw new RangeError(`a tag has at most ${TAG_LENGTH_LIMIT} characters once encoded`);
  }
  const given = lane.position ?? null;
  const position = given === null || typeof given === 'string' ? given : formatPosition(given);
  if (position !== null && parsePosition(position) === undefined) throw new RangeError(`not a position: ${position}`);
  return { tag, position, proof: lane.proof ?? null };
}

/** The tag as it travels in `x-grey-tag` and behind `grey-tag=`; null: there is nothing to say. */
export function formatTag({ tag, proof }: Lane): string | null {
  if (tag === null && proof === null) return null;
  return encodeText(tag ?? '') + (proof ?? '');
}

/**
 * Reads a tag as it travels. An empty tag with a signature is how a position travels signed without a lane. Properties that
 * are not ours are skipped, and a signature that is not whole counts as none.
 * @returns undefined when it is too long
 */
export function parseTag(text: string): { tag: string | null; proof: string | null } | undefined {
  if (text.length > TEXT_LENGTH_LIMIT) return undefined;
  const [encoded = '', ...properties] = text.split(';');
  const tag = decodeText(encoded.trim());
  if (encodeText(tag).length > TAG_LENGTH_LIMIT) return undefined;
  return { tag: tag === '' ? null : tag, proof: findProof(properties) };
}

export function parseProof(proof: string): ProofParts | undefined {
  const match = PROOF.exec(proof);
  return match === null ? undefined : { keyId: match[1]!, expiresAt: Number(match[2]), signature: match[3]! };
}

export function formatProof({ keyId, expiresAt, signature }: ProofParts): string {
  return `;kid=${keyId};exp=${expiresAt};sig=${signature}`;
}

function findProof(properties: readonly string[]): string | null {
  if (properties.length < PROOF_PARTS.length) return null;
  const values = new Map<string, string>();
  for (const property of properties) {
    const equals = property.indexOf('=');
    if (equals > 0) values.set(property.slice(0, equals).trim(), property.slice(equals + 1).trim());
  }
  const proof = PROOF_PARTS.map((part) => `;${part}=${values.get(part) ?? ''}`).join('');
  return PROOF.test(proof) ? proof : null;
}
