/** Where names of a request come from. */
export const nameKinds = ['header', 'cookie', 'query', 'claim', 'attribute'] as const;
export type NameKind = (typeof nameKinds)[number];

/** These carry secrets, whatever the list says. */
const NEVER = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key']);

/**
 * Which names of a request a sample keeps: `x-beta` or `header:x-beta`, `cookie:beta`, `query:beta`, `claim:plan`,
 * `attribute:plan`; a `*` at the end stands for anything.
 */
export class KeptNames {
  readonly list: readonly string[];
  readonly #exact = new Map<NameKind, Set<string>>(nameKinds.map((kind) => [kind, new Set()]));
  readonly #beginnings = new Map<NameKind, string[]>(nameKinds.map((kind) => [kind, []]));

  /** @param list entries separated by commas */
  constructor(list: string) {
    this.list = list.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
    for (const entry of this.list) this.#add(entry);
  }

  /** Names of headers are compared without case. */
  has(kind: NameKind, name: string): boolean {
    const key = kind === 'header' ? name.toLowerCase() : name;
    if (kind === 'header' && NEVER.has(key)) return false;
    return (
      this.#exact.get(kind)?.has(key) === true ||
      this.#beginnings.get(kind)?.some((beginning) => key.startsWith(beginning)) === true
    );
  }

  #add(entry: string): void {
    const colon = entry.indexOf(':');
    const kind = nameKinds.find((one) => one === entry.slice(0, Math.max(colon, 0))) ?? 'header';
    const name =
      kind === 'header' ? entry.slice(entry.startsWith('header:') ? 7 : 0).toLowerCase() : entry.slice(colon + 1);
    if (name.endsWith('*')) this.#beginnings.get(kind)?.push(name.slice(0, -1));
    else this.#exact.get(kind)?.add(name);
  }
}
