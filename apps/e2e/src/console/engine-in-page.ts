import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type {
  AnalysisCase,
  runSimulation,
  SimulationCase,
} from '../../../../packages/route-core/src/testing/run-judgement.ts';
import type { VectorAnswer, VectorCase } from '../../../../packages/route-core/src/testing/run-vector.ts';

export interface EngineInPage {
  run(vector: VectorCase): VectorAnswer[];
  analyze(one: AnalysisCase): object[];
  simulate(one: SimulationCase): ReturnType<typeof runSimulation>;
}

const consoleFolder = path.resolve(import.meta.dirname, '../../../console');

/** The engine as one script, built by the console's own bundler for the console's own target. */
export async function bundleEngine(): Promise<string> {
  const vite = createRequire(path.join(consoleFolder, 'package.json')).resolve('vite/package.json');
  const outDir = await mkdtemp(path.join(tmpdir(), 'grey-engine-'));
  try {
    const program = path.join(path.dirname(vite), 'bin/vite.js');
    const config = path.join(import.meta.dirname, 'vite.engine.config.ts');
    await promisify(execFile)(process.execPath, [program, 'build', '--config', config, '--outDir', outDir], {
      cwd: consoleFolder,
    });
    return await readFile(path.join(outDir, 'engine.js'), 'utf8');
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}
