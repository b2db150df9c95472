const TIMEOUT_MS = 15_000;

export interface ApiAnswer {
  readonly status: number;
  /** Parsed body; undefined when there was none. */
  readonly body: unknown;
}

/** Calls the public API as anybody could. */
export class ApiClient {
  readonly #url: string;
  readonly #token: string | undefined;

  /**
   * @param url base URL without a trailing slash
   * @param token session token or API key
   */
  constructor(url: string, token?: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Resolves with whatever the API answered; rejects only when it cannot be reached. */
  async call(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /**
   * Like {@link call}, for answers that must be good.
   *
   * @param tolerated error codes that are as good, such as TENANT_EXISTS when something is made unless it is there
   * @throws Error with the API's own sentence
   */
  async expect(method: string, path: string, body?: unknown, tolerated: readonly string[] = []): Promise<ApiAnswer> {
    const answer = await this.call(method, path, body);
    const problem = answer.body as { code?: string; title?: string; detail?: string } | undefined;
    if (answer.status < 400 || tolerated.includes(problem?.code ?? '')) return answer;
    throw new Error(`${method} ${path}: ${answer.status} ${problem?.title ?? ''} ${problem?.detail ?? ''}`.trim());
  }
}
