/**
 * The tenant-management service gave no list that can be used. The message is shown to operators: it names page and
 * fault, never a token, a header or the text of an answer.
 */
export class SourceError extends Error {
  /** Another attempt may succeed. */
  readonly isRetryable: boolean;

  constructor(message: string, options: { isRetryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'SourceError';
    this.isRetryable = options.isRetryable ?? false;
  }
}
