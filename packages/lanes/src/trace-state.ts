/**
 * The mark `grey=lane` in W3C `tracestate`. Whatever carries traces passes it on, also where neither `x-grey-tag` nor
 * `baggage` survives; who finds the mark without a tag knows that a hop has lost it.
 */
const KEY = 'grey';
const MARK = `${KEY}=lane`;
/** W3C Trace Context, 3.3.1.1 and 3.3.1.5: 32 members, and room for 512 characters. */
const MEMBER_LIMIT = 32;
const LENGTH_LIMIT = 512;

export function isMarked(traceState: string | undefined): boolean {
  return membersOf(traceState).includes(MARK);
}

/** The mark goes in front, as the standard asks of whoever changes a member; where the limits are reached, the last give way. */
export function withMark(traceState: string | undefined): string {
  const kept = [MARK];
  let length = MARK.length;
  for (const member of unmarkedOf(traceState)) {
    if (kept.length === MEMBER_LIMIT || length + 1 + member.length > LENGTH_LIMIT) break;
    kept.push(member);
    length += 1 + member.length;
  }
  return kept.join(',');
}

/** Without any mark of ours; empty: nothing is left. */
export function withoutMark(traceState: string): string {
  return unmarkedOf(traceState).join(',');
}

function unmarkedOf(traceState: string | undefined): string[] {
  return membersOf(traceState).filter((member) => !member.startsWith(`${KEY}=`));
}

function membersOf(traceState: string | undefined): string[] {
  if (traceState === undefined) return [];
  return traceState
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}
