import { createHash } from 'node:crypto';
import type { Migration } from '../migration.ts';
import { normaliseSql } from './normalise-sql.ts';

/**
 * SHA-256 in hex of a migration's name, phase, up and down: of their JSON array, so that no two migrations share their
 * bytes by moving text from one field to the next. SQL is summed with normalised line endings, see {@link normaliseSql}.
 */
export function checksumOf(migration: Pick<Migration, 'name' | 'phase' | 'up' | 'down'>): string {
  const { name, phase, up, down } = migration;
  const summed = [name, phase, normaliseSql(up), down === null ? null : normaliseSql(down)];
  return createHash('sha256').update(JSON.stringify(summed)).digest('hex');
}
