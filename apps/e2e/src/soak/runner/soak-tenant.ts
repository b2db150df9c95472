import type { DataSourceAddress, Migration, RunOutcome } from '@grey/schema-upgrades';

export interface SoakTenant {
  readonly name: string;
  readonly address: DataSourceAddress;
  readonly migrations: readonly Migration[];
  /** How its upgrade has to end. */
  readonly outcome: RunOutcome;
}

export type FromWorker =
  | { readonly kind: 'ready' }
  /** The lock of a tenant was taken. */
  | { readonly kind: 'begun'; readonly tenant: string }
  | { readonly kind: 'ended'; readonly tenant: string; readonly outcome: RunOutcome; readonly sentence: string };
