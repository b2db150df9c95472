import type { DataSource } from '@grey/contracts';
import type { ItemDraft } from '../changes/item-draft.ts';
import { etagOf } from '../infra/http/etag.ts';
import { addressOf, type OpenAddress } from './data-source-address.ts';

export interface DataSourceRow extends OpenAddress {
  readonly id: string;
  readonly tenantId: string;
  readonly serviceId: string;
  readonly user: Uint8Array | null;
  readonly password: Uint8Array | null;
  readonly config: Uint8Array | null;
  /** Fingerprint; null: there are none. */
  readonly credentials: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly stamp: bigint;
}

export type DataSourceDraft = Omit<DataSourceRow, 'createdAt' | 'updatedAt' | 'stamp'>;

/** What the log keeps: no user, no password, only that they became others. */
export interface DataSourceState extends OpenAddress {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly credentials: string | null;
}

export function stateOf(row: DataSourceState): DataSourceState {
  const { tenantId, serviceId, credentials } = row;
  return { tenantId, serviceId, ...addressOf(row), credentials };
}

/** A data source in the words of the API: nothing secret is among them. */
export function dataSourceView(row: DataSourceRow): DataSource {
  return {
    id: row.id,
    ...stateOf(row),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    etag: etagOf(row.stamp),
  };
}

/** A data source that comes, changes or goes, as the log keeps it. */
export function itemOfDataSource(id: string, before: DataSourceState | null, after: DataSourceState | null): ItemDraft {
  const { tenantId, serviceId } = (after ?? before) as DataSourceState;
  return {
    entity: 'data_source',
    tenantId,
    serviceId,
    key: id,
    before: before === null ? null : { ...stateOf(before) },
    after: after === null ? null : { ...stateOf(after) },
  };
}
