import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliError } from '../cli-error.ts';
import type { Terminal } from './terminal.ts';

/** The terminal of this process. Questions go to standard error: standard output may be read by a program. */
export class ProcessTerminal implements Terminal {
  readonly isInteractive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  readonly hasColours =
    process.stdout.isTTY === true &&
    process.stderr.isTTY === true &&
    !process.env.NO_COLOR &&
    process.env.TERM !== 'dumb';
  readonly columns = process.stdout.isTTY ? process.stdout.columns : undefined;
  #lines: AsyncIterator<string> | undefined;
  #reader: Interface | undefined;

  out(text: string): void {
    process.stdout.write(text);
  }

  err(text: string): void {
    process.stderr.write(text);
  }

  ask(question: string): Promise<string | undefined> {
    return this.isInteractive ? this.#askPerson(question, false) : this.#nextLine();
  }

  askSecret(question: string): Promise<string | undefined> {
    return this.isInteractive ? this.#askPerson(question, true) : this.#nextLine();
  }

  /** Lets the process end: an open standard input would hold it. */
  close(): void {
    this.#reader?.close();
    process.stdin.unref?.();
  }

  async #askPerson(question: string, isSecret: boolean): Promise<string | undefined> {
    // readline echoes what is typed into its output: for a secret there is nothing behind it.
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const output = isSecret ? nowhere : process.stderr;
    const reader = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
    if (isSecret) process.stderr.write(question);
    try {
      return await new Promise<string | undefined>((resolve, reject) => {
        reader.on('SIGINT', () => reject(new CliError('NOT_CONFIRMED', 'Interrupted; nothing was changed.')));
        reader.on('close', () => resolve(undefined));
        reader.question(isSecret ? '' : question, resolve);
      });
    } finally {
      reader.close();
      if (isSecret) process.stderr.write('\n');
    }
  }

  async #nextLine(): Promise<string | undefined> {
    this.#reader ??= createInterface({ input: process.stdin, terminal: false });
    this.#lines ??= this.#reader[Symbol.asyncIterator]();
    const { value, done } = await this.#lines.next();
    return done === true ? undefined : value;
  }
}
