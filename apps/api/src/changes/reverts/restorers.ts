import type { FlagRecord } from '@grey/route-core';
import { Injectable } from '@nestjs/common';
import { FlagsStore } from '../../flags/flags.store.ts';
import { VersionGuards } from '../../guards/version-guards.ts';
import type { Transaction } from '../../infra/db/database.ts';
import { ApiError } from '../../infra/http/api-error.ts';
import { laneState } from '../../lanes/lane-view.ts';
import { LanesStore } from '../../lanes/lanes.store.ts';
import { movesOfLane } from '../../lanes/moves-of-lane.ts';
import { assignDefaults, ownedDefaultsOf } from '../../services/assign-defaults.ts';
import { TargetCheck } from '../../services/check-targets.ts';
import { movesOfDefault } from '../../services/moves-of-default.ts';
import { ServiceRecords } from '../../services/service-records.ts';
import { serviceState, versionState } from '../../services/service-view.ts';
import { type ServiceFields, ServicesStore } from '../../services/services.store.ts';
import { type VersionFields, VersionsStore } from '../../services/versions.store.ts';
import { type TenantFields, TenantsStore, tenantState } from '../../tenants/tenants.store.ts';
import { type LaneState, laneRecordOf } from '../delta-of-items.ts';
import type { ItemDraft } from '../item-draft.ts';
import type { RestoreContext, Restorer, State, Wish } from './restorer.ts';

/** @throws ApiError NOT_REVERTIBLE */
export function refuse(detail: string): never {
  throw new ApiError('NOT_REVERTIBLE', { detail });
}

export function draftOf({ entity, tenantId, serviceId, key }: Wish, before: State, after: State): ItemDraft {
  return { entity, tenantId, serviceId, key, before, after };
}

/** Tenants: fields, deletion and its opposite. An id stays that of the same tenant all the while. */
@Injectable()
export class TenantRestorer implements Restorer {
  constructor(private readonly store: TenantsStore) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'tenant';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    const row = await this.store.lock(tx, key);
    return row === undefined ? null : tenantState(row);
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State): Promise<ItemDraft[]> {
    const { key } = wish;
    if (to === null) {
      const cells = await this.store.remove(tx, key);
      const dropped = cells.map(({ serviceId, version, isPinned }) => ({
        entity: 'assignment' as const,
        tenantId: key,
        serviceId,
        key: `${key}/${serviceId}`,
        before: { version, isPinned },
        after: null,
      }));
      return [draftOf(wish, now, null), ...dropped];
    }
    const fields = to as unknown as TenantFields;
    const row = now === null ? await this.store.restore(tx, key, fields) : await this.store.update(tx, key, fields);
    return [draftOf(wish, now, tenantState(row))];
  }
}

@Injectable()
export class ServiceRestorer implements Restorer {
  constructor(
    private readonly store: ServicesStore,
    private readonly records: ServiceRecords,
    private readonly guards: VersionGuards,
  ) {}

  isFor({ entity, part }: Wish): boolean {
    return entity === 'service' && part === '';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    const row = await this.store.lock(tx, key);
    return row === undefined ? null : { ...serviceState(row) };
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State, { caller }: RestoreContext): Promise<ItemDraft[]> {
    if (now === null || to === null) return refuse('A service is neither deleted nor made anew by a revert.');
    const { defaultVersions, ...fields } = to as unknown as ServiceFields;
    const labels = [...defaultVersions.map((one) => one.version), fields.fallbackVersion ?? []].flat();
    await this.records.holdVersions(tx, wish.key, [...new Set(labels)]);
    const before = now as unknown as ServiceFields;
    await this.guards.assertAllowed(tx, movesOfDefault(wish.key, before, { defaultVersions }), {
      caller,
      isHeld: true,
    });
    const row = await this.store.findIn(tx, wish.key);
    if (row === undefined) throw new ApiError('SERVICE_UNKNOWN');
    const owned = assignDefaults(ownedDefaultsOf(row), defaultVersions);
    const updated = await this.store.update(tx, wish.key, { ...fields, defaultVersions: owned });
    return [draftOf(wish, now, { ...serviceState(updated) })];
  }
}

@Injectable()
export class VersionRestorer implements Restorer {
  constructor(
    private readonly store: VersionsStore,
    private readonly services: ServicesStore,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'version';
  }

  async lock(tx: Transaction, { serviceId, key }: Wish): Promise<State> {
    await this.services.lock(tx, serviceId as string);
    const row = await this.store.lock(tx, serviceId as string, labelOf(serviceId, key));
    return row === undefined ? null : versionState(row);
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State): Promise<ItemDraft[]> {
    if (now === null || to === null)
      return refuse('A version is neither deleted nor made anew by a revert; retire it.');
    if (now['status'] !== 'retired' && to['status'] === 'retired')
      return refuse('A version is retired only where what refers to it is looked for: set its status.');
    const { ordinal: _, ...fields } = to;
    const label = labelOf(wish.serviceId, wish.key);
    const row = await this.store.update(tx, wish.serviceId as string, label, fields as unknown as VersionFields);
    return [draftOf(wish, now, versionState(row))];
  }
}

@Injectable()
export class FlagsRestorer implements Restorer {
  constructor(
    private readonly store: FlagsStore,
    private readonly services: ServicesStore,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'flags';
  }

  async lock(tx: Transaction, { serviceId, key }: Wish): Promise<State> {
    await this.services.lock(tx, serviceId as string);
    const row = await this.store.find(tx, serviceId as string, labelOf(serviceId, key));
    return row === undefined ? null : { flags: row.flags };
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State): Promise<ItemDraft[]> {
    if (now === null || to === null) throw new ApiError('VERSION_UNKNOWN');
    const label = labelOf(wish.serviceId, wish.key);
    await this.store.write(tx, wish.serviceId as string, label, to['flags'] as FlagRecord[]);
    return [draftOf(wish, now, to)];
  }
}

@Injectable()
export class LaneRestorer implements Restorer {
  constructor(
    private readonly store: LanesStore,
    private readonly targets: TargetCheck,
    private readonly guards: VersionGuards,
  ) {}

  isFor({ entity }: Wish): boolean {
    return entity === 'lane';
  }

  async lock(tx: Transaction, { key }: Wish): Promise<State> {
    const row = await this.store.lock(tx, key);
    return row === undefined ? null : { ...laneState(row) };
  }

  async write(tx: Transaction, wish: Wish, now: State, to: State, { caller }: RestoreContext): Promise<ItemDraft[]> {
    if (to === null) {
      const entries = (await this.store.listEntries(tx)).filter(({ tag }) => tag === wish.key);
      if (entries.length > 0)
        throw new ApiError('LANE_REFERENCED', {
          detail: `Rule ${entries[0]?.ruleId} of ${entries[0]?.serviceId} leads into it.`,
        });
      await this.store.delete(tx, wish.key);
      return [draftOf(wish, now, null)];
    }
    const wanted = to as unknown as LaneState;
    const targets = wanted.versions.map(({ serviceId, version }) => ({ serviceId, targetVersion: version }));
    await this.targets.assertTargets(tx, targets, true);
    await this.guards.assertAllowed(tx, movesOfLane((now as unknown as LaneState | null) ?? undefined, wanted), {
      caller,
      isHeld: true,
    });
    const row = await this.store.put(tx, wish.key, wanted.name, laneRecordOf(wish.key, wanted));
    return [draftOf(wish, now, { ...laneState(row) })];
  }
}

/** The label in a key `service/version`. */
function labelOf(serviceId: string | null, key: string): string {
  return key.slice((serviceId ?? '').length + 1);
}
