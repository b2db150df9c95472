/** An answer that was not a success, with the body as it came. */
export class UnexpectedAnswer extends Error {
  readonly status: number;
  readonly body: string;
  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} answered ${status}: ${body}`);
    this.status = status;
    this.body = body;
  }
}

/** Calls the API of a running product; bodies are JSON, failures are thrown. */
export type CallProduct = <T>(method: string, path: string, body?: unknown) => Promise<T>;

export function callerFor(baseUrl: string, token?: string): CallProduct {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new UnexpectedAnswer(method, path, response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
}
