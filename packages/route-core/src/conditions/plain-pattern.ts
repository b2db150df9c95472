/** `isFound` is null where the pattern may be found anywhere: only a beginning can be looked at in one pass. */
export interface PlainPattern {
  isWholeMatch(text: string): boolean;
  readonly isFound: ((text: string) => boolean) | null;
}

/** Which ASCII characters (by code), and whether all others too. */
interface CharSet {
  readonly codes: Uint8Array;
  readonly hasOthers: boolean;
}

interface Item {
  readonly set: CharSet;
  /** The one character of the set, '' where there are others. */
  readonly single: string;
  readonly min: number;
  readonly max: number;
}

const ASCII = 128;
const LINE_FEED = 10;
/** More than any text has, and still a small integer when a place in a text is added. */
const UNBOUNDED = 1_000_000_000;
const TOKEN =
  /(?:\[(\^?)((?:\\[dw]|\\[!-/:-@[-`{-~]|[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_/.:%@~!,;=&'"#<> *+?()|{}$])+-?)\]|(\\[dw]|\.|\\[!-/:-@[-`{-~]|[A-Za-z0-9_/:%@~!,;=&'"#<> -]))([*+?]|\{(\d{1,3})(,?)(\d{0,3})\})?/y;
const CLASS_PART = /\\(.)|(.)-(.)|(.)/g;

/**
 * Patterns such as `/users/[0-9]+/[^/]+`: characters one after the other, each with its count, where taking as many as there
 * are is never wrong, because what may follow a count that varies is none of its characters. They are matched in one pass,
 * without an automaton; null for all other patterns.
 * @param pattern one that RE2 accepts
 */
export function readPlainPattern(pattern: string): PlainPattern | null {
  const isAnchored = pattern.startsWith('^');
  const isEnded = pattern.endsWith('$') && !pattern.endsWith('\\$');
  const items = readItems(pattern.slice(isAnchored ? 1 : 0, isEnded ? -1 : undefined));
  if (items === null || !items.every((item, i) => isPredictable(item, items.slice(i + 1)))) return null;
  const steps = joinSteps(items);
  const isWholeMatch = (text: string): boolean => endOf(steps, text) === text.length;
  const isBeginning = (text: string): boolean => endOf(steps, text) >= 0;
  return { isWholeMatch, isFound: isAnchored ? (isEnded ? isWholeMatch : isBeginning) : null };
}

function readItems(body: string): Item[] | null {
  const items: Item[] = [];
  let at = 0;
  while (at < body.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(body);
    if (match === null) return null;
    const [token, negation, parts, single, count = '', least, comma, most] = match;
    at += token.length;
    // A second count, or a lazy one: rare, and RE2's to judge.
    if (count !== '' && '*+?{'.includes(body[at] ?? ' ')) return null;
    const set = single === undefined ? readClass(parts!, negation === '^') : readSingle(single);
    const range = readCount(count, least, comma, most);
    if (set === null || range === null) return null;
    items.push({ set, single: singleOf(set), min: range[0], max: range[1] });
  }
  return items;
}

function readCount(count: string, least = '', comma = '', most = ''): [min: number, max: number] | null {
  if (count === '') return [1, 1];
  if (count === '?') return [0, 1];
  if (count === '*') return [0, UNBOUNDED];
  if (count === '+') return [1, UNBOUNDED];
  const min = Number(least);
  if (comma === '') return [min, min];
  const max = most === '' ? UNBOUNDED : Number(most);
  return min <= max ? [min, max] : null;
}

function readSingle(text: string): CharSet {
  if (text !== '.') return readClass(text, false)!;
  const codes = new Uint8Array(ASCII).fill(1);
  codes[LINE_FEED] = 0;
  return { codes, hasOthers: true };
}

/** null: a range the wrong way round. */
function readClass(parts: string, isNegated: boolean): CharSet | null {
  const codes = new Uint8Array(ASCII);
  for (const [, escaped, from, to, single] of parts.matchAll(CLASS_PART)) {
    if (escaped === 'd') mark(codes, '0', '9');
    else if (escaped === 'w') for (const [first, last] of ['az', 'AZ', '09', '__']) mark(codes, first!, last!);
    else if (from !== undefined && from > to!) return null;
    else mark(codes, from ?? escaped ?? single!, to ?? escaped ?? single!);
  }
  return isNegated ? { codes: codes.map((bit) => 1 - bit), hasOthers: true } : { codes, hasOthers: false };
}

function mark(codes: Uint8Array, first: string, last: string): void {
  codes.fill(1, first.charCodeAt(0), last.charCodeAt(0) + 1);
}

function isPredictable({ set, min, max }: Item, rest: readonly Item[]): boolean {
  // Beyond ASCII, a character may be two units of a text: they can be skipped, but not counted.
  if (set.hasOthers && (min > 1 || max !== UNBOUNDED)) return false;
  if (min === max) return true;
  for (const next of rest) {
    if (next.max > 0 && overlaps(set, next.set)) return false;
    if (next.min > 0) return true;
  }
  return true;
}

function overlaps(x: CharSet, y: CharSet): boolean {
  return (x.hasOthers && y.hasOthers) || x.codes.some((bit, code) => bit === 1 && y.codes[code] === 1);
}

function singleOf({ codes, hasOthers }: CharSet): string {
  const code = codes.indexOf(1);
  return hasOthers || code < 0 || codes.indexOf(1, code + 1) >= 0 ? '' : String.fromCharCode(code);
}

/** Some text as it stands, after it characters of a set; of either there may be none. */
interface Step {
  readonly text: string;
  readonly codes: Uint8Array;
  readonly hasOthers: boolean;
  readonly min: number;
  readonly max: number;
}

/** Single characters one after the other are one text: it is compared at once. */
function joinSteps(items: readonly Item[]): Step[] {
  const steps: Step[] = [];
  let text = '';
  for (const { max, min, set, single } of items) {
    if (single !== '' && min === 1 && max === 1) {
      text += single;
      continue;
    }
    steps.push({ text, codes: set.codes, hasOthers: set.hasOthers, min, max });
    text = '';
  }
  if (text !== '') steps.push({ text, codes: new Uint8Array(ASCII), hasOthers: false, min: 0, max: 0 });
  return steps;
}

/** Where the last step ends that began at 0, -1 where one is not there. */
function endOf(steps: readonly Step[], text: string): number {
  let at = 0;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    const wanted = step.text;
    if (wanted.length > text.length - at) return -1;
    for (let k = 0; k < wanted.length; k++) if (text.charCodeAt(at++) !== wanted.charCodeAt(k)) return -1;
    const { codes, hasOthers } = step;
    const limit = Math.min(text.length, at + step.max);
    const start = at;
    while (at < limit) {
      const code = text.charCodeAt(at);
      if (code < ASCII ? codes[code] !== 1 : !hasOthers) break;
      at++;
    }
    if (at - start < step.min) return -1;
  }
  return at;
}
