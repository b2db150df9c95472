import { canonicalJson } from './http/canonical-json.ts';

/** The wanted fields that differ from the present ones; undefined when there is none, so that nothing is written. */
export function changedFields<T extends object, W extends object>(present: T, wanted: W): Defined<W> | undefined {
  const now = present as Record<string, unknown>;
  const fields = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && canonicalJson(value) !== canonicalJson(now[name]),
  );
  return fields.length === 0 ? undefined : (Object.fromEntries(fields) as Defined<W>);
}

/** The same fields, each either there with a value or not there. */
export type Defined<W> = { [K in keyof W]?: Exclude<W[K], undefined> };
