import {
  applyDelta,
  buildSnapshot,
  type Position,
  type Snapshot,
  type SnapshotDelta,
  type SnapshotSource,
} from '@grey/route-core';
import type { PublicationSource, PublishedChange, PublishedState, TenantProfile } from '../publication.ts';

type Draft = Omit<SnapshotDelta, 'epoch' | 'revision'>;

/** The log as PostgreSQL keeps it, in memory: the truth that tests hold Redis and routers against. */
export class MemoryLog implements PublicationSource {
  readonly profiles = new Map<string, TenantProfile>();
  snapshot: Snapshot;
  loadCount = 0;
  /** Changes older than this many are gone from the log: `loadChanges` answers `'reset'`. */
  kept = Number.POSITIVE_INFINITY;
  #changes: PublishedChange[] = [];

  constructor(source: SnapshotSource) {
    this.snapshot = buildSnapshot({ ...source, instances: [] });
    for (const tenant of source.tenants) this.profiles.set(tenant.id, profileOf(tenant.id));
  }

  get position(): Position {
    return this.snapshot.position;
  }

  /** Writes a change; tenants of the draft get a profile. */
  commit(draft: Draft): PublishedChange {
    const { epoch, revision } = this.position;
    const delta = { ...draft, epoch, revision: revision + 1 };
    const upsert = (draft.tenants?.upsert ?? []).map(({ id, status }) => ({ ...profileOf(id), status }));
    const remove = draft.tenants?.remove ?? [];
    const change = {
      changeId: `${epoch}-${revision + 1}`,
      at: new Date().toISOString(),
      delta,
      tenants: { upsert, remove },
    };
    this.snapshot = applyDelta(this.snapshot, delta);
    for (const id of remove) this.profiles.delete(id);
    for (const profile of upsert) this.profiles.set(profile.id, profile);
    this.#changes.push(change);
    return change;
  }

  assign(tenantId: string, serviceId: string, version: string): PublishedChange {
    return this.commit({ assignments: { upsert: [{ tenantId, serviceId, version, isPinned: false }] } });
  }

  /** As after a restore: the state of a source, under a later epoch. */
  restore(source: SnapshotSource): void {
    this.snapshot = buildSnapshot({ ...source, instances: [] });
    this.profiles.clear();
    for (const tenant of source.tenants) this.profiles.set(tenant.id, profileOf(tenant.id));
    this.#changes = [];
  }

  async currentPosition(): Promise<Position> {
    return this.position;
  }

  async loadChanges(after: Position): Promise<readonly PublishedChange[] | 'reset'> {
    const { epoch, revision } = this.position;
    const behind = revision - after.revision;
    if (after.epoch !== epoch || behind < 0 || behind > Math.min(this.kept, this.#changes.length)) return 'reset';
    return this.#changes.filter((change) => change.delta.revision > after.revision);
  }

  async loadAll(): Promise<PublishedState> {
    this.loadCount++;
    return { snapshot: this.snapshot, tenants: [...this.profiles.values()] };
  }
}

export function profileOf(id: string): TenantProfile {
  return {
    id,
    name: `Tenant ${id}`,
    status: 'active',
    tier: null,
    region: 'eu',
    tags: ['blue'],
    metadata: { since: '2026' },
  };
}
