/** Whether the database answered; `since` is in milliseconds since 1970. */
export type DatabaseState = { readonly isUp: true } | { readonly isUp: false; readonly since: number };

/** Longer than this an answer is not waited for. */
const PATIENCE_MS = 1_000;
/** An answer is good for this long: /health is public and must not be a way to load the database. */
const FRESH_MS = 2_000;

/** Asks the database whether it is there, at most once in two seconds, however often it is asked itself. */
export class DatabaseWatch {
  readonly #ping: () => Promise<unknown>;
  readonly #now: () => number;
  readonly #patienceMs: number;
  #state: DatabaseState = { isUp: true };
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(ping: () => Promise<unknown>, options: { now?: () => number; patienceMs?: number } = {}) {
    this.#ping = ping;
    this.#now = options.now ?? Date.now;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  async state(): Promise<DatabaseState> {
    if (this.#asking === undefined && this.#now() - this.#askedAt >= FRESH_MS) {
      this.#askedAt = this.#now();
      this.#asking = this.#ask().finally(() => {
        this.#asking = undefined;
      });
    }
    await this.#asking;
    return this.#state;
  }

  async #ask(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), this.#patienceMs);
    });
    const answered = this.#ping().then(
      () => true,
      () => false,
    );
    const isUp = await Promise.race([answered, late]);
    clearTimeout(timer);
    if (isUp) this.#state = { isUp: true };
    else if (this.#state.isUp) this.#state = { isUp: false, since: this.#now() };
  }
}
