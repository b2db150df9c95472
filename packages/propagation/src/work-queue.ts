/**
 * Runs one piece of work at a time. Requests that arrive while it runs become one further run, however many they are.
 */
export class WorkQueue {
  readonly #work: (isTick: boolean) => Promise<void>;
  #running: Promise<void> | undefined;
  #next: { isTick: boolean; promise: Promise<void> } | undefined;
  #isClosed = false;

  /** @param work must not reject */
  constructor(work: (isTick: boolean) => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when a run that began after this call has ended. @param isTick handed to the run if any request had it */
  request(isTick: boolean): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    if (this.#running === undefined && this.#next === undefined) return this.#start(isTick);
    this.#next ??= { isTick, promise: Promise.resolve().then(() => this.#startNext()) };
    this.#next.isTick ||= isTick;
    return this.#next.promise;
  }

  /** Takes nothing more, and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #startNext(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    const isTick = this.#next?.isTick ?? false;
    this.#next = undefined;
    if (!this.#isClosed) await this.#start(isTick);
  }

  #start(isTick: boolean): Promise<void> {
    this.#running = this.#work(isTick).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
