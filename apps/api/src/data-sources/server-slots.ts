import { endWith } from '../infra/net/end-with.ts';

/** All connections that this process may have to a server were in use for as long as could be waited. */
export class ServerBusy extends Error {}

/** Bounds how many things at once use one server, in the order in which they came. */
export class ServerSlots {
  readonly #limit: number;
  readonly #servers = new Map<string, { busy: number; readonly waiting: (() => void)[] }>();

  /** @param limit at one server at a time */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * @param server address and port; names that mean the same server must not be told apart
   * @throws ServerBusy when the signal comes before a slot; what `work` throws
   */
  async run<T>(server: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(server, signal);
    try {
      return await work();
    } finally {
      this.#leave(server);
    }
  }

  async #take(server: string, signal: AbortSignal): Promise<void> {
    const slots = this.#servers.get(server) ?? { busy: 0, waiting: [] };
    this.#servers.set(server, slots);
    if (slots.busy < this.#limit) {
      slots.busy += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    slots.waiting.push(resolve);
    try {
      await endWith(signal, promise);
    } catch {
      const place = slots.waiting.indexOf(resolve);
      // It came in the same moment: it goes to the next one.
      if (place === -1) this.#leave(server);
      else slots.waiting.splice(place, 1);
      throw new ServerBusy(`all connections to ${server} are in use`);
    }
  }

  #leave(server: string): void {
    const slots = this.#servers.get(server);
    if (slots === undefined) return;
    const next = slots.waiting.shift();
    if (next !== undefined) next();
    else slots.busy -= 1;
    if (slots.busy === 0) this.#servers.delete(server);
  }
}
