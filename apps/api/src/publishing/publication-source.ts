import { type PublicationSource, type PublishedChange, runInSteps, type TenantProfile } from '@grey/propagation';
import { buildSnapshotInSteps } from '@grey/route-core';
import type { CommittedChange } from '../changes/change-feed.ts';
import type { SnapshotsService } from '../changes/snapshots.service.ts';

/** The log in PostgreSQL, as publishing reads it. */
export function publicationSourceOf(
  snapshots: Pick<SnapshotsService, 'loadAll' | 'loadDeltas' | 'loadPosition'>,
): PublicationSource {
  return {
    currentPosition: () => snapshots.loadPosition(),
    async loadChanges(after) {
      const changes = await snapshots.loadDeltas(after);
      return changes === 'reset' ? 'reset' : changes.map(publishedChangeOf);
    },
    async loadAll() {
      const { source, tenants } = await snapshots.loadAll();
      const snapshot = await runInSteps(buildSnapshotInSteps({ ...source, instances: [] }));
      return { snapshot, tenants: tenants as readonly TenantProfile[] };
    },
  };
}

/** A committed change with what the projection shows of the tenants it touched. */
export function publishedChangeOf({ change, delta, items }: CommittedChange): PublishedChange {
  const upsert: TenantProfile[] = [];
  const remove: string[] = [];
  for (const { entity, key, after } of items) {
    if (entity !== 'tenant') continue;
    if (after === null) remove.push(key);
    else upsert.push({ id: key, ...(after as Omit<TenantProfile, 'id'>) });
  }
  return { changeId: change.id, at: change.at, delta, tenants: { upsert, remove } };
}
