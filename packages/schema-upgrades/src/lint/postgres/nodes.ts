import type { Node, RangeVar } from 'libpg-query';

/** Text of a String node; null for every other. */
export function textOf(node: Node | undefined): string | null {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : null;
}

/** Parts of a name: of a `List` of strings, or of strings themselves. */
export function namesOf(nodes: readonly Node[] | Node | undefined): string[] {
  if (nodes === undefined) return [];
  if (!Array.isArray(nodes)) {
    const node = nodes as Node;
    if ('List' in node) return namesOf(node.List.items);
    if ('TypeName' in node) return namesOf(node.TypeName.names);
    if ('ObjectWithArgs' in node) return namesOf(node.ObjectWithArgs.objname);
    const text = textOf(node);
    return text === null ? [] : [text];
  }
  return (nodes as Node[]).flatMap((node) => namesOf(node));
}

/** A table as the statement names it: `users`, `public.users`. */
export function tableOf(relation: RangeVar | undefined): string {
  if (relation === undefined) return '';
  return relation.schemaname === undefined ? (relation.relname ?? '') : `${relation.schemaname}.${relation.relname}`;
}

/** The name without its schema; what two statements of a migration mean the same table by. */
export function bareName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/**
 * Visits every node below a value, parents first: `visit('FuncCall', {…})`. Some fields of the tree hold their struct
 * without the tag (`relation`, `typeName`); these are visited by the name of the field. A stack of its own, since a sum of
 * ten thousand terms is as deep as it is long.
 */
export function walk(value: unknown, visit: (tag: string, value: Record<string, unknown>) => void): void {
  const waiting: [tag: string | null, value: unknown][] = [[null, value]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [tag, inner] = next;
    if (typeof inner !== 'object' || inner === null) continue;
    if (tag !== null && !Array.isArray(inner)) visit(tag, inner as Record<string, unknown>);
    const children: [string | null, unknown][] = Array.isArray(inner)
      ? inner.map((item) => [null, item])
      : Object.entries(inner);
    for (const child of children.reverse()) waiting.push(child);
  }
}

/** Names of the functions called anywhere below, without `pg_catalog`, lower case as the parser folds them. */
export function functionsIn(value: unknown): string[] {
  const names: string[] = [];
  walk(value, (tag, inner) => {
    if (tag !== 'FuncCall') return;
    const parts = namesOf(inner.funcname as Node[] | undefined);
    names.push(parts[0] === 'pg_catalog' ? parts.slice(1).join('.') : parts.join('.'));
  });
  return names;
}

/** Whether an option in brackets is on: `VACUUM (FULL)`, `REINDEX (CONCURRENTLY)`; `(FULL off)` is not. */
export function isDetailOn(options: readonly Node[] | undefined, name: string): boolean {
  const option = (options ?? []).find((node) => 'DefElem' in node && node.DefElem.defname === name);
  if (option === undefined || !('DefElem' in option)) return false;
  const value = option.DefElem.arg;
  return !['off', 'false', '0'].includes(textOf(value) ?? '');
}
