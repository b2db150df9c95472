import type { Node, RangeVar } from 'libpg-query';
import { commandsOf } from './alter-table-effects.ts';
import { bareName, namesOf, tableOf } from './nodes.ts';

/** Something with a name that one statement makes and another drops. */
export interface SchemaObject {
  readonly kind: 'table' | 'column' | 'index' | 'schema';
  /** Bare name; of a column `table.column`. */
  readonly name: string;
  /** The table it is or belongs to; empty for a schema, and for an index that is dropped. */
  readonly table: string;
}

/** Tables, columns and named indexes that a statement makes. */
export function objectsMade(node: Node): SchemaObject[] {
  if ('CreateStmt' in node) return madeTable(node.CreateStmt.relation);
  if ('CreateTableAsStmt' in node) return madeTable(node.CreateTableAsStmt.into?.rel);
  if ('IndexStmt' in node) {
    const { idxname, relation } = node.IndexStmt;
    return idxname === undefined ? [] : [{ kind: 'index', name: idxname, table: bareName(tableOf(relation)) }];
  }
  if (!('AlterTableStmt' in node)) return [];
  const table = bareName(tableOf(node.AlterTableStmt.relation));
  return commandsOf(node.AlterTableStmt).flatMap(({ subtype, def }): SchemaObject[] => {
    if (subtype !== 'AT_AddColumn' || def === undefined || !('ColumnDef' in def)) return [];
    return [{ kind: 'column', name: `${table}.${def.ColumnDef.colname}`, table }];
  });
}

/** A temporary table ends with the session, so no down needs to drop it. */
function madeTable(relation: RangeVar | undefined): SchemaObject[] {
  return relation === undefined || relation.relpersistence === 't' ? [] : [asTable(tableOf(relation))];
}

const DROPPED: Readonly<Record<string, SchemaObject['kind']>> = {
  OBJECT_TABLE: 'table',
  OBJECT_INDEX: 'index',
  OBJECT_SCHEMA: 'schema',
};

/** Tables, columns, indexes and schemas that a statement drops. */
export function objectsDropped(node: Node): SchemaObject[] {
  if ('DropStmt' in node) {
    const kind = DROPPED[node.DropStmt.removeType ?? ''];
    if (kind === undefined) return [];
    return (node.DropStmt.objects ?? []).map((object) => {
      const name = namesOf(object).at(-1) ?? '';
      return { kind, name, table: kind === 'table' ? name : '' };
    });
  }
  if (!('AlterTableStmt' in node)) return [];
  const table = bareName(tableOf(node.AlterTableStmt.relation));
  return commandsOf(node.AlterTableStmt).flatMap(({ subtype, name }): SchemaObject[] =>
    subtype === 'AT_DropColumn' ? [{ kind: 'column', name: `${table}.${name}`, table }] : [],
  );
}

/** Where rows or values go for good: dropped tables, columns and schemas, and what `TRUNCATE` or a bare `DELETE` empties. */
export function dataLost(node: Node): SchemaObject[] {
  if ('TruncateStmt' in node) {
    return (node.TruncateStmt.relations ?? []).flatMap((one) =>
      'RangeVar' in one ? [asTable(tableOf(one.RangeVar))] : [],
    );
  }
  if ('DeleteStmt' in node) {
    return node.DeleteStmt.whereClause === undefined ? [asTable(tableOf(node.DeleteStmt.relation))] : [];
  }
  return objectsDropped(node).filter((object) => object.kind !== 'index');
}

function asTable(name: string): SchemaObject {
  return { kind: 'table', name: bareName(name), table: bareName(name) };
}

/** For messages: `column users.note`. */
export function nameOf(object: SchemaObject): string {
  return `${object.kind} ${object.name}`;
}

/** What all statements of one side make, drop and lose, in their order. */
export interface SideObjects {
  readonly made: SchemaObject[];
  readonly dropped: SchemaObject[];
  readonly lost: SchemaObject[];
}

/** Adds one statement to what is known of its side. */
export function noteObjects(objects: SideObjects, node: Node): void {
  objects.made.push(...objectsMade(node));
  objects.dropped.push(...objectsDropped(node));
  objects.lost.push(...dataLost(node));
}
