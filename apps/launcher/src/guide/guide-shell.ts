import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Keeps a program running until its standard input closes: when it is stopped, and also when the test is killed. The last
 * command of the block is the program, so it takes the place of its shell.
 */
const GUARD = '(. "$1"; . "$2") </dev/null & pid=$!; cat >/dev/null; kill $pid 2>/dev/null; wait $pid';

export interface GuideShellOptions {
  /** Where commands begin. */
  readonly cwd: string;
  /** An empty folder for state and logs. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A person's shell: variables set in one block are there in the next. */
export class GuideShell {
  readonly #options: GuideShellOptions;
  readonly #state: string;
  readonly #programs = new Map<string, ChildProcess>();

  constructor(options: GuideShellOptions) {
    this.#options = options;
    this.#state = path.join(options.folder, 'state.sh');
    writeFileSync(this.#state, '', { mode: 0o600 });
  }

  /** Runs a block to its end. @throws Error with everything it printed when a command fails */
  async run(text: string): Promise<string> {
    const script = `set -ea\n. '${this.#state}'\n${text}\nexport -p > '${this.#state}'\n`;
    const child = this.#spawn(['-c', script]);
    child.stdin?.end();
    const [output, errors] = [collect(child.stdout), collect(child.stderr)];
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`Exit code ${code} of:\n${text}\n${output()}\n${errors()}`);
    return output();
  }

  /** Starts a block's program under a name; one that runs under it is stopped first. */
  async start(name: string, text: string): Promise<void> {
    await this.stop(name);
    const log = this.#logOf(name);
    const lines = text.trimEnd().split('\n');
    const last = lines.findLastIndex((_, index) => !(lines[index - 1] ?? '').endsWith('\\'));
    lines[last] = `exec env ${lines[last]}`;
    const script = path.join(this.#options.folder, `${name}.sh`);
    writeFileSync(script, `set -e\n${lines.join('\n')}\n`);
    const child = this.#spawn(['-c', GUARD, 'guard', this.#state, script]);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => appendFileSync(log, chunk));
    this.#programs.set(name, child);
  }

  /** Ends a program as SIGTERM does, and resolves when it has ended. */
  async stop(name: string): Promise<void> {
    const child = this.#programs.get(name);
    this.#programs.delete(name);
    if (child === undefined || child.exitCode !== null) return;
    const closed = once(child, 'close');
    child.stdin?.end();
    await closed;
  }

  /** Ends everything that runs. */
  async close(): Promise<void> {
    await Promise.all([...this.#programs.keys()].map((name) => this.stop(name)));
  }

  /** What the running programs have printed, for a failure to be understood. */
  lastWords(): string {
    return [...this.#programs.keys()]
      .map((name) => `-- ${name}\n${readFileSync(this.#logOf(name), 'utf8').slice(-2_000)}`)
      .join('\n');
  }

  #logOf(name: string): string {
    const file = path.join(this.#options.folder, `${name}.log`);
    appendFileSync(file, '');
    return file;
  }

  #spawn(args: readonly string[]): ChildProcess {
    const { cwd, env } = this.#options;
    return spawn('/bin/sh', args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  }
}

function collect(stream: ChildProcess['stdout']): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
