import type { CheckResult } from './instance-registry.ts';
import { probeInstance } from './probe-instance.ts';
import type { RegistryService } from './registry.service.ts';

const MOST_AT_ONCE = 32;
/** Checks of one interval are spread by this share, so that instances started together are not asked together for ever. */
const JITTER = 0.1;

interface Turn {
  dueAt: number;
  isRunning: boolean;
}

/** Checks the instances that declared a health check, each at its own interval and never twice at once. */
export class HealthChecker {
  readonly #registry: Pick<RegistryService, 'listChecked' | 'recordCheck'>;
  readonly #probe: typeof probeInstance;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #turns = new Map<string, Turn>();
  #runningCount = 0;

  constructor(
    registry: Pick<RegistryService, 'listChecked' | 'recordCheck'>,
    options: { probe?: typeof probeInstance; now?: () => number; random?: () => number } = {},
  ) {
    this.#registry = registry;
    this.#probe = options.probe ?? probeInstance;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /** Starts the checks that are due, at most 32 at once; the rest waits for the next call. */
  runDue(): void {
    const now = this.#now();
    const checked = this.#registry.listChecked();
    this.#forgetOthers(new Set(checked.map(({ request }) => request.instanceId)));
    for (const { request } of checked) {
      if (this.#runningCount >= MOST_AT_ONCE) return;
      const turn = this.#turns.get(request.instanceId) ?? { dueAt: now, isRunning: false };
      this.#turns.set(request.instanceId, turn);
      const { healthCheck } = request;
      if (healthCheck === undefined || turn.isRunning || turn.dueAt > now) continue;
      turn.isRunning = true;
      turn.dueAt = now + healthCheck.interval * (1 + JITTER * (2 * this.#random() - 1));
      this.#runningCount++;
      void this.#probe(request.address, healthCheck.endpoint, healthCheck.timeout)
        .catch((error: unknown): CheckResult => ({ health: 'unhealthy', detail: String(error).slice(0, 200) }))
        .then((result) => {
          turn.isRunning = false;
          this.#runningCount--;
          this.#registry.recordCheck(request, result);
        });
    }
  }

  #forgetOthers(known: ReadonlySet<string>): void {
    for (const id of this.#turns.keys()) if (!known.has(id)) this.#turns.delete(id);
  }
}
