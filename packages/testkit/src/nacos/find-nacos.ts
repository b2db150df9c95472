import { spawnSync } from 'node:child_process';

/** The programs that build and run a Nacos server, or why there is none. */
export type FoundNacos = { readonly java: string } | { readonly reason: string };

const OLDEST_JAVA = 17;

/**
 * Says whether a Nacos server can be built and run here: it takes a JDK and Maven on the PATH. `GREY_NACOS_MISSING`, set by
 * `npm test`, says why it could not be built.
 */
export function findNacos(environment: Readonly<Record<string, string | undefined>> = process.env): FoundNacos {
  const missing = environment.GREY_NACOS_MISSING;
  if (missing !== undefined) return { reason: missing };
  const version = /^javac (\d+)/m.exec(printedBy('javac', environment))?.[1];
  if (version === undefined) return { reason: 'no JDK (javac) on the PATH to run Nacos' };
  if (Number(version) < OLDEST_JAVA) return { reason: `Nacos needs a JDK ${OLDEST_JAVA}, this is ${version}` };
  if (!/Apache Maven/.test(printedBy('mvn', environment)))
    return { reason: 'no Maven (mvn) on the PATH to build Nacos' };
  return { java: 'java' };
}

/**
 * Options for a `describe` or `test` that needs a real Nacos: without one it is skipped by name, with the reason.
 * `describe('a source', needsNacos(), () => { … })`
 */
export function needsNacos(): { readonly skip: boolean; readonly meta: object } {
  const found = findNacos();
  return 'reason' in found ? { skip: true, meta: { skipReason: found.reason } } : { skip: false, meta: {} };
}

function printedBy(program: string, environment: Readonly<Record<string, string | undefined>>): string {
  const { stdout, stderr } = spawnSync(program, ['-version'], { encoding: 'utf8', env: environment });
  return `${stdout ?? ''}\n${stderr ?? ''}`;
}
