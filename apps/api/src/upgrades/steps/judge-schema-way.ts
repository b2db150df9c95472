import type { SetJudgement } from '@grey/schema-upgrades';
import type { UpgradeRow } from '../upgrade-row.ts';
import { type CheckRow, pass, refuse, warn } from './check-row.ts';
import type { SchemaWay } from './schema-way.service.ts';
import { fitsInterval, rangeText, unguardedVersions } from './version-fits.ts';

export type JudgedUpgrade = Pick<UpgradeRow, 'kind' | 'toVersion' | 'schemaTo' | 'options'>;

/**
 * Why the migrations do not lead to where the upgrade is to lead to; undefined: they do. Sets may have come, gone or got
 * another number since it was started, and then the schema would be taken for what nothing has made it. Pure.
 */
export function faultOfWay(
  { toVersion, schemaTo }: Pick<JudgedUpgrade, 'toVersion' | 'schemaTo'>,
  { own, sets, cell, floor }: Pick<SchemaWay, 'own' | 'sets' | 'cell' | 'floor'>,
): string | undefined {
  if (own !== null && own !== schemaTo)
    return `The migrations of ${toVersion} lead to schema ${own} by now, and it was to lead to ${schemaTo ?? 'none'}.`;
  if (schemaTo === null || schemaTo <= Math.max(floor ?? 0, cell?.expandedTo ?? 0)) return undefined;
  const last = sets.at(-1)?.schemaVersion ?? null;
  if (last === schemaTo) return undefined;
  return `No migrations lead to schema ${schemaTo}: ${last === null ? 'there are none on the way' : `the last ones lead to ${last}`}.`;
}

/**
 * Whether the versions involved fit the schemas on the way, and the policy lets the migrations run. Pure.
 *
 * @param present version that the tenant has now
 * @param judgements of the policy on `way.sets`
 */
export function judgeSchemaWay(
  upgrade: JudgedUpgrade,
  way: SchemaWay,
  present: string | null,
  judgements: readonly SetJudgement[],
): CheckRow[] {
  const { schemaTo, options, toVersion } = upgrade;
  const { target } = way;
  if (target === undefined) return [refuse('migrations', `There is no version ${toVersion}.`, null)];
  if (target.status === 'retired') return [refuse('migrations', `${toVersion} is retired.`, 'Revive it first.')];
  const fault = way.engine === null ? undefined : faultOfWay(upgrade, way);
  if (fault !== undefined)
    return [
      refuse('migrations', fault, 'Upload the set that leads there, or start a new upgrade from how things are now.'),
    ];
  if (schemaTo === null) return [judgeWithoutMigrations(upgrade, way)];
  if (way.engine === null)
    return [
      refuse(
        'migrations',
        `${toVersion} brings migrations, and the tenant has no database here to run them in.`,
        'Add its data source, or assign the version without an upgrade.',
      ),
    ];
  const floor = way.floor ?? 0;
  if (way.cell !== null && floor > schemaTo)
    return [refuse('migrations', `The schema is at ${floor} and no longer serves ${schemaTo}.`, 'Restore a backup.')];
  const rows: CheckRow[] = [];
  const isContracted = options.contract === 'ask' && way.contracted.length > 0;
  const lowest = isContracted ? schemaTo : floor;
  if (!fitsInterval(target, lowest, Math.max(schemaTo, way.cell?.expandedTo ?? 0)))
    rows.push(
      refuse(
        'migrations',
        `${toVersion} serves ${rangeText(target)}; its migrations lead to ${schemaTo}.`,
        `Declare a range for ${toVersion} that has ${schemaTo} in it.`,
      ),
    );
  const served = way.service.versions.find(({ version }) => version === present);
  // What is recorded begins to guard: the present version must not be the first it keeps off.
  if (served !== undefined && !fitsInterval(served, floor, Math.max(floor, way.cell?.expandedTo ?? floor)))
    rows.push(
      refuse(
        'migrations',
        `${served.version} serves ${rangeText(served)}, and the tenant's schema is at ${floor}.`,
        `Declare a range for ${served.version} that has ${floor} in it, or look at the ledger of the tenant.`,
      ),
    );
  if (isContracted && upgrade.kind === 'schema' && served !== undefined && !fitsInterval(served, schemaTo, schemaTo))
    rows.push(
      warn(
        'migrations',
        `${served.version} serves ${rangeText(served)} and cannot answer the tenant after contract, which waits until another version does.`,
        'Move the tenant before you confirm contract, or leave the schema expanded (contract: leave).',
      ),
    );
  const open = isContracted ? unguardedVersions(way.service.versions, target) : [];
  if (open.length > 0)
    rows.push(
      refuse(
        'migrations',
        `Contract takes away what older versions use, and nothing would keep tenants off ${open.join(', ')}: no newest schema is declared there.`,
        `Declare schemaMax of ${open.join(', ')}, or leave the schema expanded (contract: leave).`,
      ),
    );
  rows.push(...judgements.flatMap(rowsOfJudgement));
  if (rows.some(({ verdict }) => verdict === 'refuse')) return rows;
  const count = way.sets.reduce((sum, { migrations }) => sum + migrations.length, 0);
  const summary =
    count === 0
      ? `The schema serves ${toVersion} as it is.`
      : `${count} migration(s) lead from schema ${floor} to ${schemaTo}.`;
  return [...rows, pass('migrations', summary)];
}

/** Why no migrations run where the upgrade leads to no schema, which is no fault. Pure. */
export function whyNoMigrations(toVersion: string, { engine }: Pick<SchemaWay, 'engine'>): string {
  return engine === null
    ? `The tenant has no data source for the service: no migrations run, whatever ${toVersion} brings.`
    : `${toVersion} brings no migrations.`;
}

function judgeWithoutMigrations({ toVersion, kind }: JudgedUpgrade, way: SchemaWay): CheckRow {
  const { cell, target, engine } = way;
  const why = whyNoMigrations(toVersion, way);
  if (kind === 'schema') return refuse('migrations', `${toVersion} brings no migrations.`, null);
  if (cell === null || target === undefined) return pass('migrations', why);
  if (fitsInterval(target, cell.schemaVersion, cell.expandedTo))
    return pass('migrations', `${why} The schema as it is recorded serves it.`);
  return refuse(
    'migrations',
    `${toVersion} serves ${rangeText(target)}; the tenant's schema serves ${cell.schemaVersion} to ${cell.expandedTo}. ${why}`,
    `${engine === null ? 'Add the data source' : 'Upload its migrations'}, or declare the range that ${toVersion} really serves.`,
  );
}

function rowsOfJudgement({ isAllowed, refusals, warnings }: SetJudgement): CheckRow[] {
  const [first] = isAllowed ? warnings : refusals;
  if (first === undefined) return [];
  const all = isAllowed ? warnings : refusals;
  const others = all.length === 1 ? '' : ` And ${all.length - 1} more.`;
  const detail = `${first.migration}: ${first.message} (${first.code}).${others}`;
  return [
    isAllowed ? warn('migrations', detail) : refuse('migrations', detail, 'Change the migrations or the policy.'),
  ];
}
