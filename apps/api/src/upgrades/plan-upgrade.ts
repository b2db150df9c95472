import type { UpgradePlan } from '@grey/contracts';
import { type LedgerRow, type Migration, splitStatements } from '@grey/schema-upgrades';
import type { Checked } from './steps/preflight-checks.service.ts';
import type { SchemaWay } from './steps/schema-way.service.ts';
import { stepsOf } from './upgrade-machine.ts';
import type { NewUpgrade } from './upgrade-row.ts';

/**
 * What would be done, as a reader sees it. Pure.
 * @param ledger of the tenant's database, as far as it was asked: what is applied is not run again
 */
export function planOf(
  upgrade: NewUpgrade,
  way: SchemaWay,
  { checks, isAllowed, floor }: Checked,
  ledger: readonly Pick<LedgerRow, 'name' | 'state'>[],
): UpgradePlan {
  const { kind, tenantId, serviceId, fromVersion, toVersion, schemaTo, options } = upgrade;
  const applied = new Set(ledger.filter(({ state }) => state === 'applied').map(({ name }) => name));
  const isRun = ({ name, phase }: Migration) =>
    !applied.has(name) && (phase !== 'contract' || options.contract === 'ask');
  const engine = way.engine ?? 'postgres';
  const textsOf = (sql: string) => splitStatements(sql, engine).statements.map(({ text }) => text);
  const migrations = way.sets.flatMap((set) =>
    set.migrations.filter(isRun).map(({ name, phase, up, down }) => ({
      name,
      version: set.version,
      phase,
      statements: textsOf(up),
      down: down === null ? null : textsOf(down),
    })),
  );
  return {
    kind,
    tenantId,
    serviceId,
    fromVersion,
    toVersion,
    schemaFrom: upgrade.schemaFrom ?? floor,
    schemaTo,
    hasDataSource: way.engine !== null,
    isAllowed,
    checks: [...checks],
    steps: stepsOf(kind, options),
    migrations,
    pointOfNoReturn: pointOfNoReturn(
      migrations.filter(({ phase }) => phase === 'contract').map(({ name }) => name),
      upgrade,
    ),
  };
}

function pointOfNoReturn(contracted: readonly string[], { fromVersion, toVersion }: NewUpgrade): string | null {
  if (contracted.length === 0) return null;
  const old = fromVersion === null || fromVersion === toVersion ? 'older versions' : fromVersion;
  return `Contract runs ${contracted.join(', ')} and takes away what ${old} uses; after it there is no way back but a backup.`;
}
