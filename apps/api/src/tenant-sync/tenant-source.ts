import { ExponentialBackoff, handleWhen, noJitterGenerator, type RetryPolicy, retry } from 'cockatiel';
import { type Fetched, fetchJson } from './fetch-json.ts';
import { PAGE_LIMIT, type Page, readPage } from './read-page.ts';
import { SourceError } from './source-error.ts';

/** Tries of one page: the first and two more, after one second and after two. */
const RETRIES = 2;
const FIRST_RETRY_MS = 1_000;
const ROW_LIMIT = 200_000;
const PAGE_COUNT_LIMIT = 2_000;

/** A row as it came, with where it stood. */
export interface RawRow {
  readonly path: string;
  /** Number of the page, from 1. */
  readonly page: number;
  readonly value: unknown;
}

/** How a page was asked for, and under which entity tag it came. */
export interface SeenPage {
  readonly query: string;
  readonly etag: string;
}

/** `pages` is empty unless every page had an entity tag. */
export type SourceList =
  | { readonly isUnchanged: true }
  | { readonly isUnchanged: false; readonly rows: readonly RawRow[]; readonly pages: readonly SeenPage[] };

export interface TenantSourceOptions {
  /** Address that `/api/tenants` is appended to. */
  readonly url: string;
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly firstRetryMs?: number;
}

/** The tenant-management service. Reads its whole list or nothing. */
export class TenantSource {
  /** Address of the list, without secrets. */
  readonly where: string;
  readonly #options: TenantSourceOptions;
  readonly #retry: RetryPolicy;

  constructor(options: TenantSourceOptions) {
    this.where = `${options.url.replace(/\/+$/, '')}/api/tenants`;
    this.#options = options;
    this.#retry = retry(
      handleWhen((error) => error instanceof SourceError && error.isRetryable),
      {
        maxAttempts: RETRIES,
        backoff: new ExponentialBackoff({
          generator: noJitterGenerator,
          initialDelay: options.firstRetryMs ?? FIRST_RETRY_MS,
          exponent: 2,
        }),
      },
    );
  }

  /**
   * @param seen pages of the list that was read last; when the source calls all of them unchanged, so is the list
   * @throws SourceError; nothing of a list that cannot be read to its end is of use
   */
  async read(seen: readonly SeenPage[], signal: AbortSignal): Promise<SourceList> {
    const first = seen.length === 0 ? undefined : await this.#askAgain(seen, signal);
    if (first === 'unchanged') return { isUnchanged: true };
    const rows: RawRow[] = [];
    const pages: SeenPage[] = [];
    const queries = new Set<string>();
    let query = queryOf({});
    let total: number | undefined;
    for (let number = 1; ; number += 1) {
      if (queries.has(query) || number > PAGE_COUNT_LIMIT) throw new SourceError(`page ${number} was read before`);
      queries.add(query);
      const fetched = number === 1 && first !== undefined ? first : await this.#ask(query, number, undefined, signal);
      const page = readPage(fetched.body, `page ${number}`, rows.length);
      take(rows, page, number);
      if (fetched.etag !== undefined) pages.push({ query, etag: fetched.etag });
      if (number > 1 && page.total !== total)
        throw new SourceError(`the list changed while it was read: page ${number} tells another total`);
      total = page.total;
      if (page.next === undefined) return { isUnchanged: false, rows, pages: pages.length === number ? pages : [] };
      query = queryOf(page.next);
    }
  }

  /** @returns `'unchanged'`, or the first page when that one came anew, or undefined: read everything */
  async #askAgain(seen: readonly SeenPage[], signal: AbortSignal): Promise<Fetched | 'unchanged' | undefined> {
    for (const [index, { query, etag }] of seen.entries()) {
      const fetched = await this.#ask(query, index + 1, etag, signal);
      if (!fetched.isUnchanged) return index === 0 ? fetched : undefined;
    }
    return 'unchanged';
  }

  #ask(query: string, number: number, etag: string | undefined, signal: AbortSignal): Promise<Fetched> {
    const { token, timeoutMs } = this.#options;
    const name = `page ${number}`;
    return this.#retry.execute(
      () => fetchJson(`${this.where}?${query}`, { name, token, etag, timeoutMs, signal }),
      signal,
    );
  }
}

/** Both words for the size of a page are said, since services know one or the other. */
function queryOf(next: Readonly<Record<string, string>>): string {
  return new URLSearchParams({ limit: String(PAGE_LIMIT), size: String(PAGE_LIMIT), ...next }).toString();
}

function take(rows: RawRow[], page: Page, number: number): void {
  for (const [index, value] of page.rows.entries())
    rows.push({ path: `page ${number} ${page.member}[${index}]`, page: number, value });
  if (rows.length > ROW_LIMIT) throw new SourceError(`the list has more than ${ROW_LIMIT} rows`);
}
