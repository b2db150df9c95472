import type { CheckResult } from './instance-registry.ts';
import { probeTcp } from './probe-tcp.ts';
import type { Registration } from './registration.ts';

const FAILURES = 2;
const AT_ONCE = 32;
const PATIENCE_MS = 1_000;

export interface TcpWatchOptions {
  readonly probe?: typeof probeTcp;
}

/**
 * Our own look at instances that a foreign registry told of: whoever refuses a TCP connection twice running is dead, and
 * lives again with the first connection. Judged only where instances can be reached from here at all: as long as none has
 * ever answered, the network lies between us, and refusals say nothing.
 */
export class TcpWatch {
  readonly #probe: typeof probeTcp;
  readonly #failures = new Map<string, number>();
  #hasReachedAny = false;

  constructor(options: TcpWatchOptions = {}) {
    this.#probe = options.probe ?? probeTcp;
  }

  /** Ids of those that accept a connection. Where nobody has ever been reached, all count as reachable. */
  async listReachable(instances: readonly Registration[]): Promise<ReadonlySet<string>> {
    const open = new Set<string>();
    await this.#askAll(instances, ({ request }, isOpen) => {
      if (isOpen) open.add(request.instanceId);
    });
    return this.#hasReachedAny ? open : new Set(instances.map(({ request }) => request.instanceId));
  }

  /** Checks all, and tells of each whose state is not the one it is known with. */
  async check(
    instances: readonly Registration[],
    tell: (instance: Registration, result: CheckResult) => void,
  ): Promise<void> {
    const known = new Set(instances.map(keyOf));
    for (const key of this.#failures.keys()) if (!known.has(key)) this.#failures.delete(key);
    await this.#askAll(instances, (instance, isOpen) => {
      const key = keyOf(instance);
      const failures = isOpen ? 0 : (this.#failures.get(key) ?? 0) + 1;
      if (isOpen) this.#failures.delete(key);
      else this.#failures.set(key, failures);
      const isDead = instance.checked === 'unhealthy';
      if (isOpen && isDead) tell(instance, { health: 'healthy', detail: 'TCP connection accepted' });
      if (!isDead && failures >= FAILURES && this.#hasReachedAny) {
        tell(instance, { health: 'unhealthy', detail: 'no TCP connection' });
      }
    });
  }

  async #askAll(
    instances: readonly Registration[],
    told: (instance: Registration, isOpen: boolean) => void,
  ): Promise<void> {
    const waiting = [...instances];
    const results: [Registration, boolean][] = [];
    const askNext = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const isOpen = await this.#probe(next.request.address, PATIENCE_MS);
        this.#hasReachedAny ||= isOpen;
        results.push([next, isOpen]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askNext));
    for (const [instance, isOpen] of results) told(instance, isOpen);
  }
}

/** An id that moves to another address is somebody new. */
function keyOf({ request: { instanceId, address } }: Registration): string {
  return `${instanceId} ${address}`;
}
