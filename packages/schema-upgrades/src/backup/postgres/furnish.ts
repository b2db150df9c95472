import { UpgradeError } from '../../databases/upgrade-error.ts';
import type { Furnishing } from '../backup-header.ts';
import type { PgClient } from './pg-client.ts';

/** Makes what is missing, in whatever order it can be made in. */
export async function furnish(client: PgClient, wanted: readonly Furnishing[], notRestored: string[]): Promise<void> {
  const missing: Furnishing[] = [];
  for (const one of wanted) if (!(await isThere(client, one))) missing.push(one);
  await furnishAll(client, missing, notRestored);
}

/** Again and again, as long as something more succeeds. */
export async function furnishAll(
  client: PgClient,
  wanted: readonly Furnishing[],
  notRestored: string[],
): Promise<void> {
  let left = wanted.map((one) => ({ one, why: '' }));
  for (let before = Number.POSITIVE_INFINITY; left.length > 0 && left.length < before; ) {
    before = left.length;
    const again = [];
    for (const { one } of left) {
      const why = await attempt(client, one.statements);
      if (why !== undefined) again.push({ one, why });
    }
    left = again;
  }
  notRestored.push(...left.map(({ one, why }) => `${one.object}: ${why}`));
}

/** By kind of thing: whether `$1` is one. Never `to_regprocedure`, which fails where a type of an argument is missing. */
const FINDERS: Readonly<Record<string, string>> = {
  enum: 'SELECT WHERE to_regtype($1) IS NOT NULL',
  domain: 'SELECT WHERE to_regtype($1) IS NOT NULL',
  composite: 'SELECT WHERE to_regtype($1) IS NOT NULL',
  range: 'SELECT WHERE to_regtype($1) IS NOT NULL',
  function: 'SELECT FROM pg_proc WHERE oid::regprocedure::text = $1',
  statistics: "SELECT FROM pg_statistic_ext WHERE format('%s.%I', stxnamespace::regnamespace, stxname) = $1",
  'foreign key':
    "SELECT FROM pg_constraint WHERE contype = 'f' AND format('%I on %s', conname, conrelid::regclass) = $1",
};

async function isThere(client: PgClient, { object }: Furnishing): Promise<boolean> {
  const [, kind = '', name = ''] = /^(materialized view|foreign key|\w+) (.*)$/s.exec(object) ?? [];
  return (await client.ask(FINDERS[kind] ?? 'SELECT WHERE to_regclass($1) IS NOT NULL', [name])).length > 0;
}

/** @returns why not; undefined when it is done */
async function attempt(client: PgClient, statements: readonly string[]): Promise<string | undefined> {
  await client.run('SAVEPOINT furnish');
  try {
    for (const statement of statements) await client.run(statement);
    await client.run('RELEASE SAVEPOINT furnish');
    return undefined;
  } catch (error) {
    if (!(error instanceof UpgradeError) || error.isConnectionLost) throw error;
    await client.run('ROLLBACK TO SAVEPOINT furnish; RELEASE SAVEPOINT furnish');
    return error.message;
  }
}

/** `DROP VIEW …`; of a foreign key `ALTER TABLE … DROP CONSTRAINT …`. */
export function dropOf(object: string): string {
  const [, key, table] = /^foreign key (.*) on (.*)$/s.exec(object) ?? [];
  if (key !== undefined) return `ALTER TABLE ${table} DROP CONSTRAINT ${key}`;
  return `DROP ${object.replace(/^(enum|composite|range) /, 'TYPE ').replace(/^function /, 'ROUTINE ')}`;
}
