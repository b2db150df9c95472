import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HealthChecker } from './health-checker.ts';
import { InstanceRegistry } from './instance-registry.ts';

const TICK_MS = 250;
/** After a stall the heartbeats of the meantime still wait to be read: nobody is taken out before they are. */
const STALL_MS = 1_000;

/** The one timer of the registry: takes out who is overdue, and starts checks that are due. */
@Injectable()
export class RegistryTimers implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #lastTickAt = 0;

  constructor(
    private readonly registry: InstanceRegistry,
    private readonly checker: HealthChecker,
  ) {}

  onApplicationBootstrap(): void {
    this.#lastTickAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    const isLate = now - this.#lastTickAt > TICK_MS + STALL_MS;
    this.#lastTickAt = now;
    if (!isLate) this.registry.expire();
    this.checker.runDue();
  }
}
