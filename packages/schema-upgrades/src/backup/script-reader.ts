import type { Engine } from '../migration.ts';
import { splitStatements } from '../sets/split/split-statements.ts';

/** One step of a script; the rows of a `copy` must be read before the next step is asked for. */
export type ScriptStep =
  | { readonly kind: 'statement'; readonly text: string }
  | { readonly kind: 'copy'; readonly text: string; readonly rows: AsyncIterable<Buffer> };

const COPY = /^COPY .* FROM stdin;$/;
const END_OF_ROWS = Buffer.from('\\.\n');
const END_WITHIN = Buffer.from('\n\\.\n');
const NEWLINE = 0x0a;
/** No statement of ours, nor of a dump program, is longer; what is longer is no script. */
const LONGEST = 512 * 1024 * 1024;

/**
 * Reads a script of `pg_dump`, `mysqldump` or our own, statement by statement, with the rows of `COPY … FROM stdin` as bytes.
 * Comments between statements and what only `psql` understands (`\restrict`) are left out.
 */
export class ScriptReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #engine: Engine;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>, engine: Engine) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#engine = engine;
  }

  /** The same script, from where it is, as one of this engine. */
  as(engine: Engine): this {
    this.#engine = engine;
    return this;
  }

  /** The next line without its end; undefined at the end of the script. */
  async line(): Promise<string | undefined> {
    if (!(await this.#fill(NEWLINE)) && this.#rest.length === 0) return undefined;
    const at = this.#rest.indexOf(NEWLINE);
    const line = this.#rest.toString('utf8', 0, at === -1 ? this.#rest.length : at);
    this.#rest = this.#rest.subarray(at === -1 ? this.#rest.length : at + 1);
    return line;
  }

  async *steps(): AsyncGenerator<ScriptStep> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) break;
      if (lines.length === 0) {
        if (line === '' || line.startsWith('--') || line.startsWith('\\') || line.startsWith('/*M!999999')) continue;
        if (this.#engine === 'postgres' && COPY.test(line)) {
          const rows = this.#rows();
          yield { kind: 'copy', text: line, rows };
          // Whoever did not want them all.
          for await (const _ of rows);
          continue;
        }
      }
      lines.push(line);
      if (!line.endsWith(';')) continue;
      const text = lines.join('\n');
      // The semicolon may stand within quotes that go on in the next line.
      const { statements, faults } = splitStatements(text, this.#engine);
      if (faults.length > 0) continue;
      lines.length = 0;
      // What stands in an executable comment is a statement too, which no splitter needs to understand.
      if (statements.length <= 1) yield { kind: 'statement', text: text.replace(/;\s*$/, '') };
      else for (const one of statements) yield { kind: 'statement', text: one.text };
    }
    if (lines.some((line) => line.trim() !== '')) throw new Error('the script ends within a statement');
  }

  async *#rows(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#rest.subarray(0, 3).equals(END_OF_ROWS)) {
        this.#rest = this.#rest.subarray(3);
        return;
      }
      const at = this.#rest.indexOf(END_WITHIN);
      if (at !== -1) {
        const rows = this.#rest.subarray(0, at + 1);
        this.#rest = this.#rest.subarray(at + END_WITHIN.length);
        yield rows;
        return;
      }
      const end = this.#rest.lastIndexOf(NEWLINE) + 1;
      const rows = this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
      if (rows.length > 0) yield rows;
      if (!(await this.#more()) || !(await this.#fill(NEWLINE))) throw new Error('the script ends within rows');
    }
  }

  /** Reads on until there is a byte; each chunk is looked at and copied once, as a line may be a large value. */
  async #fill(byte: number): Promise<boolean> {
    if (this.#rest.includes(byte)) return true;
    const chunks = [this.#rest];
    let length = this.#rest.length;
    let isThere = false;
    while (!isThere) {
      const { value, done } = await this.#chunks.next();
      if (done === true) break;
      chunks.push(value);
      length += value.length;
      if (length > LONGEST) throw new Error('a line of the script has no end');
      isThere = value.includes(byte);
    }
    this.#rest = chunks.length === 1 ? this.#rest : Buffer.concat(chunks, length);
    return isThere;
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }
}
