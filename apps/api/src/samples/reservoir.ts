/**
 * A fair sample of a stream: after any number of items each has been kept with the same probability. Li's algorithm L
 * (ACM TOMS 20, 1994): it works out how many items to pass over, so that passing over one costs a comparison.
 */
export class Reservoir<T> {
  readonly #capacity: number;
  readonly #random: () => number;
  readonly #items: T[] = [];
  #seenCount = 0;
  /** The next item to be kept, counted from 1. */
  #next = 1;
  #w = 1;

  /** @param capacity items kept at most @param random from 0 to below 1 */
  constructor(capacity: number, random: () => number = Math.random) {
    this.#capacity = capacity;
    this.#random = random;
  }

  get seenCount(): number {
    return this.#seenCount;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Counts an item. @returns whether it has a place in the sample: then {@link keep} it */
  wants(): boolean {
    this.#seenCount++;
    return this.#seenCount === this.#next;
  }

  /** Puts the item that was just counted into the sample. */
  keep(item: T): void {
    if (this.#items.length < this.#capacity) {
      this.#items.push(item);
      this.#next++;
      if (this.#items.length === this.#capacity) this.#skip();
    } else {
      this.#items[Math.floor(this.#random() * this.#capacity)] = item;
      this.#skip();
    }
  }

  #skip(): void {
    this.#w *= Math.exp(Math.log(this.#draw()) / this.#capacity);
    const passed = Math.floor(Math.log(this.#draw()) / Math.log1p(-this.#w));
    this.#next = this.#seenCount + passed + 1;
  }

  /** Above 0, which has no logarithm. */
  #draw(): number {
    return 1 - this.#random();
  }
}
