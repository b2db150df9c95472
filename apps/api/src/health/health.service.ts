import type { Health } from '@grey/contracts';
import { ApiError } from '../infra/http/api-error.ts';
import type { InstanceRegistry } from '../registry/instance-registry.ts';
import type { RouterState } from '../routing/router-state.ts';
import type { StreamHub } from '../stream/stream-hub.ts';
import type { DatabaseWatch } from './database-watch.ts';
import { readOwnVersion } from './read-own-version.ts';

export interface HealthParts {
  readonly router: Pick<RouterState, 'snapshot' | 'loadStatus'>;
  readonly registry: Pick<InstanceRegistry, 'instanceCount'>;
  readonly hub: Pick<StreamHub, 'streamCount'>;
  readonly database: Pick<DatabaseWatch, 'state'>;
  /** Parts that speak for themselves, by the name they are shown under. */
  readonly others?: Readonly<Record<string, { readPart(): Part | Promise<Part> }>>;
}

type Part = Health['parts'][string];

/** Ready means: has a snapshot. Dependencies are detail; none of them takes the router out of service. */
export class HealthService {
  readonly #parts: HealthParts;
  readonly #startedAt = new Date().toISOString();
  readonly #version = readOwnVersion();

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  async getHealth(): Promise<Health> {
    const { router, registry, hub, database, others = {} } = this.#parts;
    const parts: Record<string, Part> = {
      database: partOf(await database.state()),
      snapshot: partOf(router.loadStatus.isUp ? { isUp: router.snapshot !== undefined } : router.loadStatus),
      registry: { status: 'up', detail: `${registry.instanceCount} instances` },
      stream: { status: 'up', detail: `${hub.streamCount} readers` },
    };
    for (const [name, other] of Object.entries(others)) parts[name] = await other.readPart();
    const isWhole = Object.values(parts).every((part) => part.status !== 'down');
    const { snapshot } = router;
    const stats = snapshot?.stats();
    return {
      status: snapshot === undefined ? 'down' : isWhole ? 'up' : 'degraded',
      version: this.#version,
      startedAt: this.#startedAt,
      position: snapshot === undefined ? null : { ...snapshot.position },
      parts,
      counts: {
        tenants: stats?.tenantCount ?? 0,
        services: stats?.serviceCount ?? 0,
        assignments: stats?.assignmentCount ?? 0,
        instances: registry.instanceCount,
      },
    };
  }

  getLiveness(): { status: 'up' } {
    return { status: 'up' };
  }

  /** @throws ApiError SNAPSHOT_MISSING while nothing can be routed */
  getReadiness(): { status: 'up' } {
    if (this.#parts.router.snapshot === undefined) throw new ApiError('SNAPSHOT_MISSING');
    return { status: 'up' };
  }
}

/** What failed is told by kind, not in full: /health is public, and an error may name hosts and users. */
function partOf(state: { readonly isUp: boolean; readonly since?: number }): Part {
  if (state.isUp) return { status: 'up' };
  return {
    status: 'down',
    ...(state.since === undefined ? {} : { since: new Date(state.since).toISOString() }),
  };
}
