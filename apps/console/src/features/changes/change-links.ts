import type { Change, ChangeItem, Position } from '../../api/generated/model/index.ts';

/** The id of the change that this one took back; undefined when it took none back. */
export function revertedOf(change: Pick<Change, 'kind' | 'items'>): string | undefined {
  if (change.kind !== 'change.reverted') return undefined;
  return change.items.find(({ entity }) => entity === 'change')?.key;
}

/** The moment just before a change, as the API names moments. Revisions have no gaps; 0 is before the first. */
export function momentBefore({ epoch, revision }: Position): string {
  return `${epoch}-${revision - 1}`;
}

/** The revision in the id of a change, which is what people say. */
export function revisionIn(changeId: string): string {
  return changeId.slice(changeId.lastIndexOf('-') + 1);
}

/**
 * Holds are lifted where they are held, persons and keys have secrets that are not in the log, an erasure is for ever. What
 * was done to tenants' databases is taken back there.
 */
const irreversible =
  /^(user|api_key|channel|hold|rollback|audit|tenant_schema|backup|master_key|upgrade_batch|router)\.|^migrations\.deleted$|^upgrade\.(?!switched$)/;

/** False where the API would refuse all of it; what is left is judged by the plan. */
export function mayBeTakenBack({ kind }: Pick<Change, 'kind'>): boolean {
  return !irreversible.test(kind);
}

/** Where a thing about databases is looked at; undefined for all others, and for what no tenant or service is known of. */
export function pathOfItem({
  entity,
  tenantId,
  serviceId,
  key,
}: Pick<ChangeItem, 'entity' | 'tenantId' | 'serviceId' | 'key'>): string | undefined {
  const enc = encodeURIComponent;
  if (entity === 'migration_policy') return '/databases/policy';
  if (entity === 'master_key') return '/databases/keys';
  if (entity === 'router') return '/routers';
  if (entity === 'upgrade') return `/upgrades/${enc(key)}`;
  if (entity === 'upgrade_batch') return `/upgrades/batches/${enc(key)}`;
  if (entity === 'migration_set' && serviceId !== null) {
    const [, version, engine] = key.split('/');
    return version && engine
      ? `/services/${enc(serviceId)}/versions/${enc(version)}/migrations?engine=${enc(engine)}`
      : undefined;
  }
  // A data source may be gone; what is known of the schema is always there.
  const isOfCell = ['data_source', 'tenant_schema', 'schema_drift', 'backup'].includes(entity);
  return isOfCell && tenantId !== null && serviceId !== null
    ? `/tenants/${enc(tenantId)}/schemas/${enc(serviceId)}`
    : undefined;
}
