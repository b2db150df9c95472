import { ApiClient } from './api-client.ts';

/** What an instance says about itself; see `POST /api/registry/instances`. */
export interface Registration {
  readonly instanceId: string;
  readonly [field: string]: unknown;
}

/** Keeps one instance registered at one of several replicas that share what they know. */
export class Registrar {
  readonly #clients: readonly ApiClient[];
  readonly #registration: Registration;
  readonly #path: string;
  #turn = 0;
  #isRegistered = false;

  /** @param urls replicas, tried in this order; when one does not answer the next is taken and kept */
  constructor(urls: readonly string[], key: string, registration: Registration) {
    this.#clients = urls.map((url) => new ApiClient(url, key));
    this.#registration = registration;
    this.#path = `/api/registry/instances/${registration.instanceId}`;
  }

  /** Registers, or says that the instance still lives. Never rejects: the next beat tries again. */
  async beat(): Promise<void> {
    for (let attempt = 0; attempt < this.#clients.length; attempt += 1) {
      try {
        await this.#beatAt(this.#client);
        return;
      } catch (error) {
        console.warn(String(error));
        this.#turn += 1;
      }
    }
  }

  /** Takes the instance out of rotation. Never rejects. */
  async leave(): Promise<void> {
    await this.#client.call('DELETE', this.#path).catch(() => undefined);
  }

  get #client(): ApiClient {
    return this.#clients[this.#turn % this.#clients.length] as ApiClient;
  }

  async #beatAt(client: ApiClient): Promise<void> {
    if (this.#isRegistered)
      this.#isRegistered = (await client.call('PUT', `${this.#path}/heartbeat`, {})).status === 200;
    if (this.#isRegistered) return;
    // The registry forgot it, for instance because the API was restarted.
    await client.expect('POST', '/api/registry/instances', this.#registration);
    this.#isRegistered = true;
  }
}
