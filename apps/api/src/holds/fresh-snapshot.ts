import type { Position } from '@grey/contracts';
import type { Snapshot } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { ChangesService } from '../changes/changes.service.ts';
import { ApiError } from '../infra/http/api-error.ts';
import { RouterState } from '../routing/router-state.ts';

/** How long a look into the log may hold up an emergency, in milliseconds. */
const PATIENCE_MS = 500;

/** What this process routes by, after a short look for what others have committed. */
@Injectable()
export class FreshSnapshot {
  constructor(
    private readonly router: RouterState,
    private readonly changes: ChangesService,
  ) {}

  /** @throws ApiError SNAPSHOT_MISSING */
  async get(): Promise<Snapshot> {
    await this.#lookInTime();
    return this.now();
  }

  /**
   * Returns when this process routes by a change that it has committed itself. Those before it may be another's, and are read
   * from the log now instead of waited for.
   */
  async reach(position: Position): Promise<void> {
    await this.#lookInTime(position);
    // A look that was under way may have begun too early. One that was not costs nothing now.
    await this.#lookInTime(position);
  }

  /** A log that is away, or does not answer, must not keep a version that is broken in place. */
  async #lookInTime(known?: Position): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.changes.catchUp(known).catch(() => undefined), patience]);
    clearTimeout(timer);
  }

  /** @throws ApiError SNAPSHOT_MISSING */
  now(): Snapshot {
    const { snapshot } = this.router;
    if (snapshot === undefined) throw new ApiError('SNAPSHOT_MISSING');
    return snapshot;
  }
}
