import type { RangeVar } from 'libpg-query';
import { type Issue, issue } from '../../issue.ts';
import type { ObjectLock } from '../../lock-mode.ts';
import { walk } from '../nodes.ts';
import type { Rule } from './rule.ts';

/** Objects of the server or the database: with many tenants in one, they are everybody's. */
const SHARED: Readonly<Record<string, string>> = {
  CreatedbStmt: 'Databases',
  DropdbStmt: 'Databases',
  AlterDatabaseStmt: 'Databases',
  AlterDatabaseSetStmt: 'Databases',
  CreateRoleStmt: 'Roles',
  AlterRoleStmt: 'Roles',
  AlterRoleSetStmt: 'Roles',
  DropRoleStmt: 'Roles',
  CreateTableSpaceStmt: 'Table spaces',
  DropTableSpaceStmt: 'Table spaces',
  AlterSystemStmt: 'Settings of the server',
  CreateExtensionStmt: 'Extensions',
  CreateSchemaStmt: 'Schemas',
  CreatePublicationStmt: 'Publications',
  CreateSubscriptionStmt: 'Subscriptions',
  CreateEventTrigStmt: 'Event triggers',
};

/** Statements that reach beyond the tenant, or that cannot be looked into. */
export const reachRules: Rule = (statement) => {
  const { node } = statement;
  const tag = Object.keys(node)[0] ?? '';
  const issues: Issue[] = [];
  const shared = SHARED[tag];
  if (shared !== undefined) {
    const message = `${shared} belong to the server or the database, not to one tenant; the next tenant's run meets what this one made.`;
    issues.push(
      issue(
        'OUTSIDE_TENANT',
        'warning',
        message,
        'Make it part of setting up the database, or see to it that it may run many times.',
      ),
    );
  }
  const schemas = foreignSchemas(node, statement.effects.locks);
  if (schemas.length > 0) {
    const message = `${schemas.join(', ')}: a tenant's schema is chosen by its data source; a name that carries one always leads to the same tenant.`;
    issues.push(issue('SCHEMA_QUALIFIED', 'warning', message, 'Leave the schema out.'));
  }
  if ('DoStmt' in node || 'CallStmt' in node) {
    const message = 'The linter does not look into code: locks, rewrites and losses in here are not told.';
    issues.push(issue('OPAQUE_CODE', 'warning', message, 'Write plain statements where you can.'));
  }
  if ('CopyStmt' in node && (node.CopyStmt.relation !== undefined || node.CopyStmt.query !== undefined)) {
    const message =
      'COPY reads from or writes to the client, a file or a program of the server; a migration brings only its text.';
    issues.push(issue('CLIENT_DATA', 'error', message, 'Use INSERT; bulk data does not belong into a migration.'));
  }
  return issues;
};

const OF_SERVER = /^(pg_|information_schema\b)/;

/** Tables named with a schema of their own, except the catalogue's. */
function foreignSchemas(node: unknown, locks: readonly ObjectLock[]): string[] {
  const names = new Set(locks.map((lock) => lock.name).filter((name) => name.includes('.') && !OF_SERVER.test(name)));
  walk(node, (_, value) => {
    const { schemaname, relname } = value as RangeVar;
    if (typeof schemaname !== 'string' || typeof relname !== 'string') return;
    if (!OF_SERVER.test(schemaname)) names.add(`${schemaname}.${relname}`);
  });
  return [...names];
}
