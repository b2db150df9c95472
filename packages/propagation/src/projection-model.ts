import { applyDelta, type Position, type Snapshot } from '@grey/route-core';
import { projectTenant, type TenantProjection } from './projection-ops.ts';
import type { PublicationSource, PublishedChange, TenantProfile } from './publication.ts';

/** What the projection should hold, at a revision that can be moved on one by one. Read from the log, never from Redis. */
export class ProjectionModel {
  readonly #source: PublicationSource;
  readonly #profiles = new Map<string, TenantProfile>();
  #snapshot: Snapshot;
  #pending: readonly PublishedChange[] = [];

  private constructor(source: PublicationSource, snapshot: Snapshot, tenants: Iterable<TenantProfile>) {
    this.#source = source;
    this.#snapshot = snapshot;
    for (const profile of tenants) this.#profiles.set(profile.id, profile);
  }

  static async load(source: PublicationSource): Promise<ProjectionModel> {
    const { snapshot, tenants } = await source.loadAll();
    return new ProjectionModel(source, snapshot, tenants);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get tenantIds(): readonly string[] {
    return [...this.#profiles.keys()];
  }

  hasTenant(id: string): boolean {
    return this.#profiles.has(id);
  }

  project(tenantId: string): TenantProjection {
    return projectTenant(this.#snapshot, tenantId, this.#profiles.get(tenantId));
  }

  /** Moves on to a position. @returns false when it cannot be reached from here: load afresh */
  async advanceTo(target: Position): Promise<boolean> {
    const { epoch, revision } = this.#snapshot.position;
    if (target.epoch !== epoch || target.revision < revision) return false;
    if (target.revision === revision) return true;
    if ((this.#pending.at(-1)?.delta.revision ?? 0) < target.revision) {
      const changes = await this.#source.loadChanges(this.#snapshot.position);
      if (changes === 'reset') return false;
      this.#pending = changes;
    }
    let taken = 0;
    for (const change of this.#pending) {
      if (change.delta.revision > target.revision) break;
      this.#take(change);
      taken++;
    }
    this.#pending = this.#pending.slice(taken);
    return this.#snapshot.position.revision === target.revision;
  }

  #take({ delta, tenants }: PublishedChange): void {
    this.#snapshot = applyDelta(this.#snapshot, delta);
    for (const id of tenants.remove) this.#profiles.delete(id);
    for (const profile of tenants.upsert) this.#profiles.set(profile.id, profile);
  }
}
