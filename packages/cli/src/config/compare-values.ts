/** One place where two values differ; undefined: there is nothing on that side. */
export interface ValueDifference {
  readonly path: string;
  readonly live: unknown;
  readonly file: unknown;
}

/** What names an item of a list, so that one that moved is not taken for two that changed. */
const names = ['id', 'tag', 'name', 'serviceId', 'version'] as const;

/** Every place where two JSON values differ, deep. Objects in lists are held together by their name. */
export function compareValues(live: unknown, file: unknown, path = ''): ValueDifference[] {
  if (isRecord(live) && isRecord(file)) {
    const keys = [...new Set([...Object.keys(live), ...Object.keys(file)])];
    return keys.flatMap((key) => compareValues(live[key], file[key], path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(live) && Array.isArray(file)) return compareLists(live, file, path);
  return Object.is(live, file) ? [] : [{ path, live, file }];
}

function compareLists(live: readonly unknown[], file: readonly unknown[], path: string): ValueDifference[] {
  const name = names.find((one) => [...live, ...file].every((item) => isRecord(item) && typeof item[one] === 'string'));
  const keysOf = (items: readonly unknown[]) =>
    items.map((item) => (item as Record<string, string>)[name as string] as string);
  const isNamed = name !== undefined && [live, file].every((items) => new Set(keysOf(items)).size === items.length);
  if (!isNamed) return JSON.stringify(live) === JSON.stringify(file) ? [] : [{ path, live, file }];
  const before = keysOf(live);
  const after = keysOf(file);
  const found = [...new Set([...before, ...after])].flatMap((key) =>
    compareValues(live[before.indexOf(key)], file[after.indexOf(key)], `${path}[${key}]`),
  );
  const kept = before.filter((key) => after.includes(key));
  const keptNow = after.filter((key) => before.includes(key));
  if (kept.join('\n') === keptNow.join('\n')) return found;
  return [...found, { path: `${path} (order)`, live: kept, file: keptNow }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
