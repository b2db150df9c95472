import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { defineConfig } from 'prisma/config';

// `generate` needs no schema engine, but the CLI downloads one before it does anything; where its host cannot be reached
// that fails the build. An engine that is already there, or was named by the user, is left alone.
if (process.env.PRISMA_SCHEMA_ENGINE_BINARY === undefined && !hasSchemaEngine()) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY = '/bin/true';
}

function hasSchemaEngine(): boolean {
  try {
    const fromCli = createRequire(createRequire(import.meta.url).resolve('prisma/package.json'));
    const folder = path.dirname(fromCli.resolve('@prisma/engines/package.json'));
    return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('schema-engine'));
  } catch {
    return false;
  }
}

export default defineConfig({
  schema: '../../prisma/schema.prisma',
  migrations: { path: '../../prisma/migrations' },
  ...(process.env.GREY_DATABASE_URL === undefined ? {} : { datasource: { url: process.env.GREY_DATABASE_URL } }),
});
