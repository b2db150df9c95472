import { type ErrorCode, errorCodes, type Problem } from '@grey/contracts';

/** What an error may say beyond its code. */
export type ProblemExtra = Partial<
  Pick<Problem, 'detail' | 'errors' | 'current' | 'references' | 'findings' | 'objections' | 'plan' | 'path' | 'checks'>
>;

/** An answer other than success. Thrown anywhere below a controller; the problem filter turns it into RFC 9457. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly extra: ProblemExtra;
  /** Headers that go with the answer, such as Retry-After. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    extra: ProblemExtra = {},
    options: { cause?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(`${code}: ${extra.detail ?? errorCodes[code].title}`, { cause: options.cause });
    this.name = 'ApiError';
    this.code = code;
    this.extra = extra;
    this.headers = options.headers ?? {};
  }
}
