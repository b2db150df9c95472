import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { MIGRATIONS } from './migrations.ts';

const SOURCES = fileURLToPath(new URL('rivals/', import.meta.url));
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

/** Flyway and Liquibase in one JVM, built from `rivals/` in a folder that is removed again. */
export class RivalProcess {
  readonly #folder: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: Interface;

  private constructor(folder: string, process: ChildProcessByStdio<Writable, Readable, null>) {
    this.#folder = folder;
    this.#process = process;
    this.#answers = createInterface({ input: process.stdout });
  }

  /** @returns why there is none, where Maven or a JDK is missing or cannot resolve the libraries */
  static start(url: string): RivalProcess | string {
    const folder = mkdtempSync(path.join(tmpdir(), 'grey-bench-rivals-'));
    try {
      build(folder);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string };
      return `${message} ${stdout}${stderr}`.trim().split('\n')[0] ?? message;
    }
    writeMigrations(folder);
    const { hostname, port, pathname, username, password } = new URL(url);
    const jdbc = `jdbc:postgresql://${hostname}:${port}${pathname}`;
    const classPath = [folder, path.join(folder, 'lib', '*')].join(path.delimiter);
    const args = ['-cp', classPath, 'SchemaRivals', jdbc, username, password, folder];
    return new RivalProcess(folder, spawn('java', args, { stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** @returns seconds */
  async upgrade(rival: 'flyway' | 'liquibase', threads: number, schemas: readonly string[]): Promise<number> {
    const waiting = new AbortController();
    const { signal } = waiting;
    this.#process.stdin.write(`${rival} ${threads} ${schemas.join(',')}\n`);
    try {
      const ended = once(this.#process, 'exit', { signal }).then(() => Promise.reject(new Error(`${rival} ended`)));
      const [line] = await Promise.race([once(this.#answers, 'line', { signal }), ended]);
      return Number(line);
    } finally {
      waiting.abort();
    }
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function build(folder: string): void {
  cpSync(SOURCES, folder, { recursive: true });
  const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe', timeout: 180_000 } as const;
  execFileSync('mvn', ['-q', '-B', '-ntp', COPY_JARS, '-DincludeScope=runtime', '-DoutputDirectory=lib'], options);
  execFileSync('javac', ['-cp', path.join('lib', '*'), '-d', '.', 'SchemaRivals.java'], options);
}

/** The same five migrations as each of them wants them. */
function writeMigrations(folder: string): void {
  mkdirSync(path.join(folder, 'flyway'));
  for (const { name, up } of MIGRATIONS) {
    writeFileSync(path.join(folder, 'flyway', `V${name.replace('_', '__')}.sql`), `${up};\n`);
  }
  const changes = MIGRATIONS.map(({ name, up }) => `--changeset bench:${name} splitStatements:false\n${up};\n`);
  writeFileSync(path.join(folder, 'changelog.sql'), `--liquibase formatted sql\n\n${changes.join('\n')}`);
}
