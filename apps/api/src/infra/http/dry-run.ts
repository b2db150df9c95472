/** An answer to somebody who only wanted to see what would be done: goes out with the status the contract has for it. */
export class DryRun<T = unknown> {
  readonly body: T;

  constructor(body: T) {
    this.body = body;
  }
}
