import { type Operation, type OperationId, operations, type Problem, problemSchema } from '@grey/contracts';
import type { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { refusalOf } from './refusal-of.ts';

type Ops = typeof operations;
type BodyOf<Id extends OperationId> = Ops[Id] extends { body: infer S extends z.ZodType } ? z.input<S> : undefined;
export type AnswerOf<Id extends OperationId> = Ops[Id]['success'] extends { schema: infer S extends z.ZodType }
  ? z.infer<S>
  : undefined;

export interface CallInput<Id extends OperationId> {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: BodyOf<Id>;
  /** Entity tag that must still hold. */
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
  /** Milliseconds that the server may take beyond the timeout, because it was asked to wait. */
  readonly extraMs?: number;
}

export interface Answered<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Calls the API by the ids of its operations. */
export class GreyClient {
  readonly url: string;
  readonly #token: string | undefined;
  readonly #timeoutMs: number;
  readonly #warn: (text: string) => void;
  #hasWarned = false;

  /**
   * @param url base URL without a trailing slash
   * @param token session token or API key; undefined: none is sent
   * @param warn is told once when the server's answers are not those of this version's contract
   */
  constructor(url: string, token: string | undefined, timeoutMs: number, warn: (text: string) => void) {
    this.url = url;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#warn = warn;
  }

  /**
   * @throws CliError UNREACHABLE without a usable answer, NOT_ALLOWED for 401 and 403, else REFUSED with what the API says
   */
  async call<Id extends OperationId>(id: Id, input: CallInput<Id> = {}): Promise<Answered<AnswerOf<Id>>> {
    const { status, headers, body } = await this.send(id, input);
    if (status >= 400) throw refusalOf(status, body as Problem, this.url);
    return { status, headers, body: this.#read(operations[id], body) as AnswerOf<Id> };
  }

  /**
   * The answer whatever its status, with its body as it came.
   *
   * @throws CliError UNREACHABLE when there is none, or it is not the API's
   */
  async send<Id extends OperationId>(id: Id, input: CallInput<Id> = {}): Promise<Answered<unknown>> {
    const operation: Operation = operations[id];
    const { response, text } = await this.#fetch(operation, input);
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const body = isJson ? parseJson(text) : undefined;
    const isProblem = response.status < 400 || problemSchema.pick({ title: true }).safeParse(body).success;
    if (!isProblem || (response.ok && operation.success.schema !== undefined && body === undefined)) {
      throw new CliError(
        'UNREACHABLE',
        `${this.url} answered ${response.status}, but not as the router's API does. Is it the right address?`,
        { data: { status: response.status } },
      );
    }
    return { status: response.status, headers: response.headers, body };
  }

  async #fetch(operation: Operation, input: CallInput<OperationId>): Promise<{ response: Response; text: string }> {
    const target = `${this.url}${pathOf(operation, input.params ?? {})}${queryOf(input.query ?? {})}`;
    try {
      const response = await fetch(target, {
        method: operation.method,
        redirect: 'error',
        headers: {
          accept: 'application/json',
          ...(this.#token === undefined || operation.permission === 'public'
            ? {}
            : { authorization: `Bearer ${this.#token}` }),
          ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(input.ifMatch === undefined ? {} : { 'if-match': input.ifMatch }),
          ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
        },
        body: input.body === undefined ? null : JSON.stringify(input.body),
        signal: AbortSignal.timeout(this.#timeoutMs + (input.extraMs ?? 0)),
      });
      return { response, text: await response.text() };
    } catch (error) {
      throw unreachable(this.url, operation, error);
    }
  }

  /** What a newer server says besides is dropped; what cannot be read is shown as it came, and not hidden at night. */
  #read(operation: Operation, body: unknown): unknown {
    const { schema } = operation.success;
    if (schema === undefined) return undefined;
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      this.#warn(`${operation.id}: the answer does not fit this version of grey; is the server another version?\n`);
    }
    return body;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pathOf(operation: Operation, params: Readonly<Record<string, string>>): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function queryOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) pairs.set(key, String(value));
  return pairs.size === 0 ? '' : `?${pairs}`;
}

/** Operations that change nothing, although they are no GET. */
const asking: ReadonlySet<string> = new Set([
  'route',
  'explain',
  'login',
  'planRollback',
  'planAssignments',
  'planUpgrade',
  'checkMigrations',
] satisfies OperationId[]);

function unreachable(url: string, operation: Operation, error: unknown): CliError {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = isLate ? 'no answer in time' : reasonOf(cause);
  const isChange = operation.method !== 'GET' && !asking.has(operation.id);
  // A refused connection never carried anything; of anything else it cannot be known whether the server acted.
  const isOpen = isChange && (cause as { code?: string }).code !== 'ECONNREFUSED';
  return new CliError('UNREACHABLE', `Cannot reach ${url}: ${why}.`, {
    lines: isOpen ? ['Whether the change was made is not known: look before you repeat it.'] : [],
    data: { cause: why, isOutcomeKnown: !isOpen },
  });
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as { code?: string; message?: string };
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name is not known';
  return code ?? message ?? String(cause);
}
