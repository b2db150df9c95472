import type { Phase } from '../migration.ts';

/** What the name of a file says. */
export type MigrationFileName =
  | {
      readonly kind: 'migration';
      readonly naming: 'grey' | 'flyway';
      /** The name of the migration: `0001_add_preferences`, Flyway's `V1_2__add.sql` becomes `1.2_add`. */
      readonly name: string;
      /** Numbers to order by; several parts only with Flyway. */
      readonly order: readonly bigint[];
      readonly phase: Phase | null;
      readonly side: 'up' | 'down' | 'configuration';
    }
  | { readonly kind: 'flyway-unsupported'; readonly what: 'repeatable' | 'baseline' | 'callback' }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unknown' };

const GREY = /^(\d{1,18})_([A-Za-z0-9][A-Za-z0-9_-]*)(?:\.(expand|migrate|contract))?\.(up|down)\.sql$/;
const FLYWAY = /^([VU])(\d{1,18}(?:[._]\d{1,18})*)__([^/]+?)\.sql(\.conf)?$/;
const FLYWAY_CALLBACK =
  /^(before|after)(Each|Clean|Info|Migrate|Undo|Repair|Validate|Baseline|Deploy|Connect|Version|Repeatables|CreateSchema)[A-Za-z]*(__.*)?\.sql$/;
/** Notes and keepers of folders, which people put beside migrations on purpose. */
const BESIDE = /^(README(\.md|\.txt)?|\.gitkeep|\.gitattributes)$/i;

/**
 * Reads the name of a file, without its folder.
 *
 * Ours: `NUMBER_name[.PHASE].up.sql` and `.down.sql`. Flyway's: `V1__x.sql` is an up, `U1__x.sql` the down of the same
 * version, `V1__x.sql.conf` its configuration; repeatable migrations, baselines and callbacks have no counterpart here.
 */
export function readMigrationFileName(file: string): MigrationFileName {
  const grey = GREY.exec(file);
  if (grey !== null) {
    const [, number = '', words = '', phase, side] = grey;
    return {
      kind: 'migration',
      naming: 'grey',
      name: `${number}_${words}`,
      order: [BigInt(number)],
      phase: (phase as Phase | undefined) ?? null,
      side: side as 'up' | 'down',
    };
  }
  if (/^R__.*\.sql$/.test(file)) return { kind: 'flyway-unsupported', what: 'repeatable' };
  if (/^B\d.*__.*\.sql$/.test(file)) return { kind: 'flyway-unsupported', what: 'baseline' };
  if (FLYWAY_CALLBACK.test(file)) return { kind: 'flyway-unsupported', what: 'callback' };
  const flyway = FLYWAY.exec(file);
  if (flyway !== null) return flywayName(flyway);
  return { kind: BESIDE.test(file) ? 'ignored' : 'unknown' };
}

function flywayName([, letter, version = '', words = '', configuration]: RegExpExecArray): MigrationFileName {
  const parts = version.split(/[._]/);
  return {
    kind: 'migration',
    naming: 'flyway',
    name: `${parts.join('.')}_${words.replace(/[^A-Za-z0-9_-]+/g, '_')}`,
    order: withoutTrailingZeros(parts.map(BigInt)),
    phase: null,
    side: configuration !== undefined ? 'configuration' : letter === 'V' ? 'up' : 'down',
  };
}

/** To Flyway 1 and 1.0 are one version. */
function withoutTrailingZeros(parts: bigint[]): bigint[] {
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop();
  return parts;
}

/** Orders versions part by part; a version comes before those that begin with it. */
export function compareOrder(left: readonly bigint[], right: readonly bigint[]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const one = left[at] ?? -1n;
    const other = right[at] ?? -1n;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}
