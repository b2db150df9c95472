import type { RunningNacos } from '@grey/testkit';

/** One instance to register, in the words of Nacos. */
export interface HttpInstance {
  readonly serviceName: string;
  readonly port: number;
  readonly groupName?: string;
  readonly clusterName?: string;
  readonly weight?: number;
  readonly enabled?: boolean;
  readonly ephemeral?: boolean;
  readonly namespaceId?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Speaks to a server as any HTTP client of a customer would, by the API its generation is meant for. */
export class NacosByHttp {
  readonly #server: RunningNacos;
  readonly #beating = new Map<string, NodeJS.Timeout>();
  #token = '';

  constructor(server: RunningNacos) {
    this.#server = server;
  }

  async logIn(credentials = this.#server.credentials): Promise<void> {
    const path = this.#server.generation === 3 ? '/v3/auth/user/login' : '/v1/auth/login';
    const answer = await this.call('POST', path, { ...credentials });
    this.#token = JSON.parse(answer).accessToken;
  }

  /** Registers, and beats every second if `isBeating` (v3: the same call with `heartBeat`). */
  async register(instance: HttpInstance, isBeating = false): Promise<void> {
    const isV3 = this.#server.generation === 3;
    const path = isV3 ? '/v3/client/ns/instance' : '/v1/ns/instance';
    const form = formOf(instance);
    await this.call('POST', path, form);
    if (!isBeating) return;
    const beat = isV3 ? { ...form, heartBeat: 'true' } : { ...form, beat: JSON.stringify(beatOf(instance)) };
    const send = () => void this.call(isV3 ? 'POST' : 'PUT', isV3 ? path : `${path}/beat`, beat).catch(() => undefined);
    clearInterval(this.#beating.get(keyOf(instance)));
    this.#beating.set(keyOf(instance), setInterval(send, 1_000));
  }

  async deregister(instance: HttpInstance): Promise<void> {
    clearInterval(this.#beating.get(keyOf(instance)));
    const path = this.#server.generation === 3 ? '/v3/client/ns/instance' : '/v1/ns/instance';
    await this.call('DELETE', `${path}?${new URLSearchParams(formOf(instance))}`);
  }

  close(): void {
    for (const timer of this.#beating.values()) clearInterval(timer);
  }

  async call(method: string, path: string, form?: Record<string, string>): Promise<string> {
    const answer = await fetch(`${this.#server.url}/nacos${path}`, {
      method,
      headers: this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.timeout(10_000),
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    const text = await answer.text();
    if (answer.status !== 200)
      throw new Error(`${method} ${path.split('?')[0]}: ${answer.status} ${text.slice(0, 200)}`);
    return text;
  }
}

function keyOf({ serviceName, port }: HttpInstance): string {
  return `${serviceName}:${port}`;
}

function formOf(instance: HttpInstance): Record<string, string> {
  const { metadata = {}, ...rest } = instance;
  const texts = Object.entries(rest).map(([key, value]) => [key, String(value)]);
  return { ip: '127.0.0.1', ...Object.fromEntries(texts), metadata: JSON.stringify(metadata) };
}

function beatOf({ serviceName, port, clusterName = 'DEFAULT', weight = 1, metadata = {} }: HttpInstance): object {
  return { serviceName, ip: '127.0.0.1', port, cluster: clusterName, weight, metadata, scheduled: true };
}

/** Does the work for each, eight at a time. */
export async function inTurns(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
  const rest = [...names];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let name = rest.shift(); name !== undefined; name = rest.shift()) await work(name);
    }),
  );
}
