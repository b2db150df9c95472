/**
 * Columns indexed by tenant ordinal, cut into pages: a change copies the page it writes and shares all others.
 * A page that holds nothing is not there.
 */
export const PAGE_BITS = 11;
export const PAGE_SIZE = 1 << PAGE_BITS;
export const PAGE_MASK = PAGE_SIZE - 1;

interface Page<T> {
  [index: number]: T;
  slice(): Page<T>;
}

export type Pages<P> = readonly (P | undefined)[];

/** Collects writes against a column and returns the new one; the base is never touched. */
export class PagesDraft<T, P extends Page<T>> {
  readonly #base: Pages<P>;
  readonly #create: () => P;
  #pages: (P | undefined)[] | null = null;
  #owned: boolean[] = [];

  constructor(base: Pages<P>, create: () => P) {
    this.#base = base;
    this.#create = create;
  }

  get(index: number): T | undefined {
    return (this.#pages ?? this.#base)[index >>> PAGE_BITS]?.[index & PAGE_MASK];
  }

  set(index: number, value: T): void {
    const at = index >>> PAGE_BITS;
    this.#pages ??= this.#base.slice();
    let page = this.#pages[at];
    if (page === undefined || this.#owned[at] !== true) {
      page = page === undefined ? this.#create() : (page.slice() as P);
      // Holes would turn the list into a slow one: fill up to the page.
      while (this.#pages.length < at) this.#pages.push(undefined);
      this.#pages[at] = page;
      this.#owned[at] = true;
    }
    (page as Page<T>)[index & PAGE_MASK] = value;
  }

  finish(): Pages<P> {
    const result = this.#pages ?? this.#base;
    this.#owned = [];
    return result;
  }
}
