import type { HorizonSet } from './work-out-horizon.ts';

/**
 * Names of migrations that are in place: those of the ledger as it was last looked at, and of the sets it shows begun also
 * what the record of the schema says that upgrades have done since. A set that the ledger does not know at all was perhaps
 * never run here, so that nothing is taken back on its account.
 */
export function appliedByNow(
  ledger: readonly { readonly name: string; readonly state: string }[],
  sets: readonly HorizonSet[],
  state: { readonly schemaVersion: number; readonly expandedTo: number } | null,
): ReadonlySet<string> {
  const names = new Set(ledger.filter((row) => row.state !== 'reverted').map(({ name }) => name));
  const since = sets
    .filter(({ migrations }) => state !== null && migrations.some(({ name }) => names.has(name)))
    .flatMap(({ schemaVersion, migrations }) =>
      migrations.filter(
        ({ phase }) => schemaVersion <= ((phase === 'contract' ? state?.schemaVersion : state?.expandedTo) ?? -1),
      ),
    );
  return new Set([...names, ...since.map(({ name }) => name)]);
}
