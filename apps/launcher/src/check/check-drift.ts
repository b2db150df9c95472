import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rootFolder } from '../locations.ts';
import type { Outcome } from './outcome.ts';
import { type CommandOptions, runCommand } from './run-command.ts';

/** Files that are committed and made by `pnpm generate`. */
const GENERATED = ['packages/contracts/openapi.json', 'apps/console/src/api/generated/**/*', 'docs/reference/**/*'];

/**
 * Generates everything anew and compares it with what was there. Drifted files stay as generated, ready to be committed.
 */
export async function checkDrift(options: CommandOptions): Promise<Outcome> {
  const before = readGenerated();
  const { code, output } = await runCommand('turbo', ['run', 'generate', '--output-logs=errors-only'], options);
  if (code !== 0) return { passedCount: 0, failures: [`generate does not run\n${output.trimEnd()}`], skips: [] };
  const after = readGenerated();
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const drifted = names.filter((name) => before.get(name) !== after.get(name));
  return {
    passedCount: drifted.length === 0 ? 1 : 0,
    failures: drifted.map((name) => `${name} is not what is generated from its source; commit the new one`),
    skips: [],
  };
}

function readGenerated(): Map<string, string> {
  const files = globSync(GENERATED, { cwd: rootFolder, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(rootFolder, file), readFileSync(file, 'utf8')];
    }),
  );
}
