/** An answer that was given before under the same Idempotency-Key. */
export class Replayed<T = unknown> {
  readonly body: T;

  constructor(body: T) {
    this.body = body;
  }
}
