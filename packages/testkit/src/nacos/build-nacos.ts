import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findNacos } from './find-nacos.ts';

const run = promisify(execFile);

/** Which line of Nacos: 3 is 3.1 (HTTP v1 and v3), 2 is 2.3 (HTTP v1). */
export type NacosGeneration = 2 | 3;

const MAIN_CLASS = { 2: 'com.alibaba.nacos.NacosServer', 3: 'NacosServer' } as const;
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
const BUILT_WITHIN_MS = 3 * 60_000;

/** What `java` is to be given. */
export interface BuiltNacos {
  readonly classPath: string;
  readonly mainClass: string;
}

export function isNacosBuilt(generation: NacosGeneration): boolean {
  return existsSync(folderOf(generation));
}

/**
 * Fetches the server's libraries by Maven and compiles our launcher against them, once: the result (about 120 MB) is kept
 * below the user's cache folder, named after the content of the sources, and used from then on.
 *
 * @throws Error with Maven's or javac's own words
 */
export async function buildNacos(generation: NacosGeneration): Promise<BuiltNacos> {
  const folder = folderOf(generation);
  if (!existsSync(folder)) {
    const found = findNacos();
    if ('reason' in found) throw new Error(`No Nacos to build: ${found.reason}`);
    await mkdir(path.dirname(folder), { recursive: true });
    const unfinished = await mkdtemp(`${folder}.`);
    try {
      await buildInto(unfinished, sourcesOf(generation));
      // The rename makes it appear whole or not at all, also when two builds race or one is killed.
      if (!existsSync(folder)) await rename(unfinished, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  // The server's classes are in the newer of two Hessians, and gRPC pushes fail without a word when the older comes first.
  const newer = readdirSync(path.join(folder, 'lib')).filter((name) => name.startsWith('hessian-4'));
  const parts = ['classes', ...newer.map((name) => path.join('lib', name)), path.join('lib', '*')];
  return {
    classPath: parts.map((part) => path.join(folder, part)).join(path.delimiter),
    mainClass: MAIN_CLASS[generation],
  };
}

async function buildInto(folder: string, sources: string): Promise<void> {
  const options = { cwd: folder, timeout: BUILT_WITHIN_MS };
  await cp(path.join(sources, 'pom.xml'), path.join(folder, 'pom.xml'));
  try {
    await run('mvn', ['-q', '-B', '-ntp', COPY_JARS, '-DincludeScope=runtime', '-DoutputDirectory=lib'], options);
    await run(
      'javac',
      ['-cp', path.join('lib', '*'), '-d', 'classes', path.join(sources, 'NacosServer.java')],
      options,
    );
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`Nacos could not be built: ${`${stdout}${stderr}`.trim().slice(-2_000)}`, { cause: error });
  }
}

function folderOf(generation: NacosGeneration): string {
  const sources = sourcesOf(generation);
  const hash = createHash('sha256');
  for (const name of ['pom.xml', 'NacosServer.java']) hash.update(readFileSync(path.join(sources, name)));
  return path.join(cacheFolder(), 'grey-service-router', `nacos-${generation}-${hash.digest('hex').slice(0, 12)}`);
}

/** Beside `src` and `dist`, so that it is found from both. */
function sourcesOf(generation: NacosGeneration): string {
  return path.resolve(import.meta.dirname, '..', '..', 'nacos', `v${generation}`);
}

function cacheFolder(): string {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  return path.join(homedir(), ...(process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']));
}
