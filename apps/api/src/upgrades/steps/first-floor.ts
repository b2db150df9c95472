import type { LedgerRow, MigrationSet } from '@grey/schema-upgrades';

/**
 * Where the schema of a tenant stands that nobody has recorded yet: at the newest set that its ledger shows complete
 * together with all older ones; without one it is taken to be what the version asks for that the tenant has now. Pure.
 *
 * @param sets of the service, by schema version
 * @param presentMin what the present version asks for at least; undefined: it does not say
 */
export function firstFloor(
  ledger: readonly Pick<LedgerRow, 'name' | 'state'>[],
  sets: readonly Pick<MigrationSet, 'schemaVersion' | 'migrations'>[],
  presentMin: number | undefined,
): number {
  const applied = new Set(ledger.flatMap(({ name, state }) => (state === 'applied' ? [name] : [])));
  let floor: number | undefined;
  for (const { schemaVersion, migrations } of sets) {
    if (!migrations.every(({ name }) => applied.has(name))) break;
    floor = schemaVersion;
  }
  return floor ?? presentMin ?? 0;
}
