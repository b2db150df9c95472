import type { RollbackHorizon } from '@grey/contracts';
import { capital, listOf, rangeOf } from './horizon-words.ts';

/** What a horizon is worked out from; all of one tenant and service. */
export interface HorizonFacts {
  readonly tenantId: string;
  readonly serviceId: string;
  /** The one that the tenant is on; null: none. */
  readonly currentVersion: string | null;
  readonly versions: readonly HorizonVersion[];
  /** null: not recorded, so that versions are not guarded. */
  readonly state: { readonly schemaVersion: number; readonly expandedTo: number } | null;
  /** By schema version. */
  readonly sets: readonly HorizonSet[];
  /** Names of migrations that the ledger shows in place. */
  readonly applied: ReadonlySet<string>;
  /** Complete and not expired, the newest first. */
  readonly backups: readonly HorizonBackup[];
  /** The upgrade under way. */
  readonly upgrade: { readonly id: string; readonly schemaTo: number | null } | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface HorizonVersion {
  readonly version: string;
  readonly ordinal: number;
  readonly status: string;
  readonly schemaMin: number | null;
  readonly schemaMax: number | null;
  readonly endOfLifeAt: Date | null;
}

export interface HorizonSet {
  readonly schemaVersion: number;
  readonly migrations: readonly { readonly name: string; readonly phase: string; readonly down: string | null }[];
}

export interface HorizonBackup {
  readonly id: string;
  readonly schemaVersion: number | null;
  readonly expandedTo: number | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

type Reach = RollbackHorizon['versions'][number];
type Closing = RollbackHorizon['closes'][number];

/**
 * How far back a tenant can go now without loss, and what will close the window. Pure.
 *
 * A version can be gone back to as things are when its range overlaps what the schema serves. Else the migrations above its
 * range must have a way down; one of contract brings back the place of what it took away, not what was in it. Else a backup
 * from when the schema served the version must be there.
 */
export function workOutHorizon(facts: HorizonFacts): RollbackHorizon {
  const { tenantId, serviceId, currentVersion, versions } = facts;
  const current = versions.find(({ version }) => version === currentVersion);
  const older = versions
    .filter(({ ordinal }) => current !== undefined && ordinal < current.ordinal)
    .sort((one, other) => other.ordinal - one.ordinal);
  const reaches = older.map((version) => reachOf(facts, version));
  const closes = older.flatMap((version, at) => closingsOf(facts, version, reaches[at] as Reach));
  return {
    tenantId,
    serviceId,
    currentVersion,
    oldestVersion: reaches.findLast(({ isReachable }) => isReachable)?.version ?? null,
    versions: reaches,
    closes: closes.sort(bySoonest),
  };
}

function reachOf(facts: HorizonFacts, version: HorizonVersion): Reach {
  const { version: label, ordinal, status, schemaMax } = version;
  const reach = (needs: Reach['needs'], isReachable: boolean, why: string, backupId: string | null = null): Reach => ({
    version: label,
    ordinal,
    isReachable,
    needs,
    why,
    backupId,
  });
  const { state } = facts;
  if (status === 'retired') return reach('impossible', false, 'The version is retired.');
  if (state === null)
    return reach('nothing', true, 'What the schema serves is not recorded, so that no version is kept from it.');
  const serves = `The schema serves ${rangeOf(state.schemaVersion, state.expandedTo)}`;
  const asks = `the version asks for ${rangeOf(version.schemaMin, schemaMax)}`;
  if (fits(version, state)) return reach('nothing', true, `${serves}; ${asks}.`);
  if (schemaMax === null || schemaMax >= state.schemaVersion)
    return reach('impossible', false, `${serves}; ${asks}, and that is newer: an upgrade leads there.`);
  const above = appliedAbove(facts, schemaMax);
  const irreversible = above.filter(({ down }) => down === null);
  const backup = facts.backups.find((one) => fitsBackup(version, one));
  const contracted = above.filter(({ phase }) => phase === 'contract');
  if (irreversible.length === 0 && above.length > 0) {
    const names = listOf(above.map(({ name }) => name));
    if (contracted.length === 0) return reach('downs', true, `${serves}; ${asks}. ${names} can be taken back.`);
    if (backup === undefined) {
      const lost = `What ${listOf(contracted.map(({ name }) => name))} took away comes back empty`;
      return reach('downs', false, `${serves}; ${asks}. ${names} have a way down. ${lost}: there is no backup of it.`);
    }
  }
  if (backup !== undefined) {
    const why = `${serves}; ${asks}. The backup of ${backup.createdAt.toISOString()} does; what was written since is lost.`;
    return reach('restore', false, why, backup.id);
  }
  const without =
    irreversible.length > 0
      ? `${listOf(irreversible.map(({ name }) => name))} ${irreversible.length === 1 ? 'has' : 'have'} no way down`
      : 'no migration is known that could be taken back';
  return reach('impossible', false, `${serves}; ${asks}. ${capital(without)}, and there is no backup.`);
}

/** What takes a version away that can be gone back to, or that a backup still leads to. */
function closingsOf(facts: HorizonFacts, version: HorizonVersion, reach: Reach): Closing[] {
  const { version: losesVersion, endOfLifeAt } = version;
  const closings: Closing[] = [];
  if (reach.needs !== 'impossible' && endOfLifeAt !== null && endOfLifeAt.getTime() > facts.now)
    closings.push({
      kind: 'version-retired',
      at: endOfLifeAt.toISOString(),
      losesVersion,
      detail: `${losesVersion} comes to the end of its life.`,
    });
  const contract = reach.needs === 'nothing' ? contractAgainst(facts, version) : undefined;
  if (contract !== undefined) closings.push({ kind: 'contract', at: null, losesVersion, detail: contract });
  const irreversible = reach.needs === 'downs' ? pendingIrreversible(facts) : [];
  if (irreversible.length > 0)
    closings.push({
      kind: 'irreversible',
      at: null,
      losesVersion,
      detail: `${listOf(irreversible)} would have to be taken back before, and cannot be.`,
    });
  const lasting = reach.needs === 'restore' ? lastBackup(facts, version) : undefined;
  if (lasting?.expiresAt != null)
    closings.push({
      kind: 'backup-expires',
      at: lasting.expiresAt.toISOString(),
      losesVersion,
      detail: `The last backup from when the schema served ${losesVersion} is taken away.`,
    });
  return closings;
}

/** Why contract would take the version away; undefined when it would not, or nothing is to be contracted. */
function contractAgainst({ state, sets, applied, upgrade }: HorizonFacts, version: HorizonVersion): string | undefined {
  if (state === null) return undefined;
  const upTo = Math.max(state.expandedTo, upgrade?.schemaTo ?? 0);
  const waiting = sets.filter(
    (set) =>
      set.schemaVersion > state.schemaVersion &&
      set.schemaVersion <= upTo &&
      set.migrations.some(({ name, phase }) => phase === 'contract' && !applied.has(name)),
  );
  const last = waiting.at(-1);
  if (last === undefined || version.schemaMax === null || version.schemaMax >= last.schemaVersion) return undefined;
  const who = upgrade === null ? 'Contract' : `Contract of upgrade ${upgrade.id}`;
  return `${who} raises what the schema serves to ${last.schemaVersion}, and ${version.version} goes to ${version.schemaMax} only.`;
}

/** Of the upgrade under way, what is still to come and has no way down. */
function pendingIrreversible({ state, sets, applied, upgrade }: HorizonFacts): string[] {
  const upTo = upgrade?.schemaTo;
  if (upTo == null) return [];
  return sets
    .filter((set) => set.schemaVersion > (state?.schemaVersion ?? -1) && set.schemaVersion <= upTo)
    .flatMap((set) => set.migrations)
    .filter(({ name, down }) => down === null && !applied.has(name))
    .map(({ name }) => name);
}

function appliedAbove({ sets, applied }: HorizonFacts, schemaVersion: number) {
  return sets
    .filter((set) => set.schemaVersion > schemaVersion)
    .flatMap((set) => set.migrations)
    .filter(({ name }) => applied.has(name));
}

function lastBackup({ backups }: HorizonFacts, version: HorizonVersion): HorizonBackup | undefined {
  const expiry = ({ expiresAt }: HorizonBackup) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return backups
    .filter((one) => fitsBackup(version, one))
    .reduce<HorizonBackup | undefined>(
      (last, one) => (last === undefined || expiry(one) > expiry(last) ? one : last),
      undefined,
    );
}

function fitsBackup(version: HorizonVersion, { schemaVersion, expandedTo }: HorizonBackup): boolean {
  return schemaVersion !== null && fits(version, { schemaVersion, expandedTo: expandedTo ?? schemaVersion });
}

/** As the guard of the routers sees it. */
function fits({ schemaMin, schemaMax }: HorizonVersion, state: { schemaVersion: number; expandedTo: number }): boolean {
  return (
    (schemaMin ?? Number.NEGATIVE_INFINITY) <= state.expandedTo &&
    (schemaMax ?? Number.POSITIVE_INFINITY) >= state.schemaVersion
  );
}

/** What has a time before what somebody does. */
function bySoonest(one: Closing, other: Closing): number {
  const at = ({ at }: Closing) => (at === null ? Number.POSITIVE_INFINITY : Date.parse(at));
  return at(one) === at(other) ? 0 : at(one) - at(other);
}
