const LONGEST = 64;

/** Gives out ids of rules, made of names, each once. */
export class RuleIds {
  readonly #given = new Set<string>();

  /** @param name in any language @param otherwise when nothing of the name can stand in an id */
  give(name: string, otherwise: string): string {
    const word = name
      .normalize('NFKD')
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replaceAll(/^[^A-Za-z0-9]+|-+$/g, '')
      .slice(0, LONGEST - 4);
    const base = word === '' ? otherwise : word;
    let id = base;
    for (let count = 2; this.#given.has(id); count++) id = `${base}-${count}`;
    this.#given.add(id);
    return id;
  }
}
