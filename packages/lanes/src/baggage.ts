import { decodeText } from './percent-code.ts';

/** W3C Baggage, section 3.3: what every participant has to pass on; we never send more. */
export const baggageLimits = { memberCount: 64, byteLength: 8192 } as const;

/** One member of a `baggage` header. */
export interface BaggageMember {
  /** As it stands: keys are not encoded. */
  readonly key: string;
  /** Decoded. May be empty. */
  readonly value: string;
  /** What follows the value: `;name=value;name`, as it stands; mostly empty. */
  readonly properties: string;
  /** The whole member, byte for byte, with the blanks around it. */
  readonly text: string;
}

export interface ReplacedBaggage {
  /** Empty: nothing is left to send. */
  readonly header: string;
  /** Keys of the members that found no room. */
  readonly dropped: readonly string[];
}

/** All members in order, also repeated ones; what has no `=` or no key is left out. Never throws. */
export function parseBaggage(header: string): BaggageMember[] {
  const members: BaggageMember[] = [];
  for (const text of header.split(',')) {
    const semicolon = text.indexOf(';');
    const pair = semicolon < 0 ? text : text.slice(0, semicolon);
    const equals = pair.indexOf('=');
    const key = equals < 0 ? '' : pair.slice(0, equals).trim();
    if (key === '') continue;
    const properties = semicolon < 0 ? '' : text.slice(semicolon).trim();
    members.push({ key, value: decodeText(pair.slice(equals + 1).trim()), properties, text });
  }
  return members;
}

/**
 * Puts `ours` (ready-made members such as `grey-tag=beta`) in front and takes out every other member of a key that `isOurs`
 * knows. The rest stays byte for byte and in order; where the limits are reached, the last ones give way.
 */
export function replaceMembers(
  header: string | undefined,
  ours: readonly string[],
  isOurs: (key: string) => boolean,
): ReplacedBaggage {
  const kept = [...ours];
  const dropped: string[] = [];
  let byteLength = ours.reduce((sum, member) => sum + Buffer.byteLength(member) + 1, -1);
  for (const text of header === undefined ? [] : header.split(',')) {
    if (text.trim() === '') continue;
    const key = (/^[^=;]*/.exec(text)?.[0] ?? '').trim();
    if (isOurs(key)) continue;
    const size = Buffer.byteLength(text) + 1;
    if (kept.length < baggageLimits.memberCount && byteLength + size <= baggageLimits.byteLength) {
      kept.push(text);
      byteLength += size;
    } else dropped.push(key);
  }
  return { header: kept.join(','), dropped };
}
