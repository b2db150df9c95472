/** Where a command reads and writes. Results go to `out`, everything said besides to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Somebody is there to be asked. */
  readonly isInteractive: boolean;
  readonly hasColours: boolean;
  /** Columns of the output; undefined when it is no terminal. */
  readonly columns: number | undefined;
  /** One line of what is typed, or of standard input; undefined at its end. */
  ask(question: string): Promise<string | undefined>;
  /** The same without echo. */
  askSecret(question: string): Promise<string | undefined>;
}
