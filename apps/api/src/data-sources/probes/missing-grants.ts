/** What a schema upgrade does to tables and their rows. */
const NEEDED = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES'] as const;

/**
 * What a schema upgrade needs in a MySQL or MariaDB database and these grants do not give. Grants on single tables do not
 * count: tables come and go.
 *
 * @param grants lines of `SHOW GRANTS`
 */
export function missingGrants(grants: readonly string[], database: string): string[] {
  const given = new Set(grants.flatMap((line) => privilegesIn(line, database)));
  if (given.has('ALL PRIVILEGES') || given.has('ALL')) return [];
  return NEEDED.filter((one) => !given.has(one)).map((one) => `${one} on the database`);
}

function privilegesIn(line: string, database: string): string[] {
  const [, list = '', any, name = ''] = /^GRANT (.+?) ON (?:(\*)|`((?:[^`]|``)+)`)\.\* TO /.exec(line) ?? [];
  if (any === undefined && !patternOf(name.replaceAll('``', '`')).test(database)) return [];
  return list.split(',').map((one) => one.trim().toUpperCase());
}

/** In a grant `_` and `%` of the name of a database are wildcards, unless a backslash says otherwise. */
function patternOf(name: string): RegExp {
  const source = name.replaceAll(/\\[\s\S]|[\s\S]/g, (part) => {
    if (part === '_') return '[\\s\\S]';
    if (part === '%') return '[\\s\\S]*';
    return (part.length > 1 ? part.slice(1) : part).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}
