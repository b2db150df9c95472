/**
 * Runs one piece of work at a time. Requests that arrive while it runs become one further run, however many they are.
 */
export class WorkQueue {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isClosed = false;

  /** @param work must not reject */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when a run that began after this call has ended. */
  request(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    if (this.#running === undefined && this.#next === undefined) return this.#start();
    this.#next ??= Promise.resolve().then(() => this.#startNext());
    return this.#next;
  }

  /** Takes nothing more, and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #startNext(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#next = undefined;
    if (!this.#isClosed) await this.#start();
  }

  #start(): Promise<void> {
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
