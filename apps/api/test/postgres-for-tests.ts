import { startTemplateDatabase } from '@grey/testkit';
import type { TestProject } from 'vitest/node';
import { applyMigrations } from '../src/infra/db/apply-migrations.ts';
import { findMigrations } from '../src/infra/db/find-migrations.ts';

declare module 'vitest' {
  interface ProvidedContext {
    template: { serverUrl: string; templateName: string };
  }
}

/** One private PostgreSQL for the run; each test file copies its database from a migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { serverUrl, templateName, stop } = await startTemplateDatabase({
    prepare: async (connectionString) => {
      await applyMigrations(connectionString, findMigrations(import.meta.filename));
    },
  });
  project.provide('template', { serverUrl, templateName });
  return stop;
}
