import { mkdirSync, writeFileSync } from 'node:fs';
import { makeEnvironmentTable } from './environment-table.ts';

/** `pnpm generate`: writes the committed docs/reference/environment.md. Runs from apps/api. */
mkdirSync('../../docs/reference', { recursive: true });
writeFileSync('../../docs/reference/environment.md', makeEnvironmentTable());
