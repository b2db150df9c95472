import type { Problem } from './generated/model/index.ts';

/** An answer of the API that is not a success: the problem document (RFC 9457) as an error. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
  get code(): Problem['code'] {
    return this.problem.code;
  }
}

/** The API could not be reached, or something between answered in its place. */
export class ConnectionLost extends Error {
  readonly status: number | undefined;
  constructor(status?: number) {
    super(status === undefined ? 'no answer' : `HTTP ${status}`);
    this.name = 'ConnectionLost';
    this.status = status;
  }
}

/** Reads the problem document of a failed response; a proxy's own error page becomes `ConnectionLost`. */
export async function problemFrom(response: Response): Promise<ApiProblem | ConnectionLost> {
  if (!response.headers.get('content-type')?.includes('json')) return new ConnectionLost(response.status);
  const body: unknown = await response.json().catch(() => undefined);
  const isProblem = typeof body === 'object' && body !== null && 'code' in body && 'title' in body;
  return isProblem ? new ApiProblem(body as Problem) : new ConnectionLost(response.status);
}
