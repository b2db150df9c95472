import { z } from 'zod';
import { SourceError } from './source-error.ts';

/** Rows asked for in one page. */
export const PAGE_LIMIT = 500;

const count = z.int().nonnegative().nullish();

/**
 * One answer of `GET /api/tenants`. The contract is `{ items, nextCursor }`; what else tenant services are known to
 * answer is read as well: `tenants` or `content` for the rows, `page`/`number`, `size`/`pageSize` and
 * `total`/`totalCount`/`totalElements` for numbered pages.
 */
const pageSchema = z.object({
  items: z.array(z.unknown()).optional(),
  tenants: z.array(z.unknown()).optional(),
  content: z.array(z.unknown()).optional(),
  nextCursor: z.string().max(2_000).nullish(),
  page: count,
  number: count,
  size: count,
  pageSize: count,
  total: count,
  totalCount: count,
  totalElements: count,
});

/** Signs of further pages, in words that this reader does not follow. */
const moreSchema = z.object({
  next: z.unknown(),
  nextPage: z.unknown(),
  nextPageToken: z.unknown(),
  next_cursor: z.unknown(),
  nextToken: z.unknown(),
  links: z.object({ next: z.unknown() }).partial().nullish().catch(undefined),
  _links: z.object({ next: z.unknown() }).partial().nullish().catch(undefined),
  hasMore: z.unknown(),
  hasNext: z.unknown(),
  has_more: z.unknown(),
});

/** What a page says of itself. */
export interface Page {
  readonly rows: readonly unknown[];
  /** Member that held the rows, for the paths of faults. */
  readonly member: string;
  /** How to ask for the page after this one; undefined: this is the last. */
  readonly next: Readonly<Record<string, string>> | undefined;
  /** Rows of the whole list, where the source tells. */
  readonly total: number | undefined;
}

/**
 * Reads one page. Nothing is guessed: an answer that may have a further page which cannot be asked for is refused,
 * because half a list would look as if the other half had been deleted.
 *
 * @param body parsed JSON
 * @param name of the page, for the message
 * @param readBefore rows on the pages before
 * @throws SourceError
 */
export function readPage(body: unknown, name: string, readBefore: number): Page {
  if (Array.isArray(body)) return lastPage(body, 'rows', name, readBefore);
  const parsed = pageSchema.safeParse(body);
  if (!parsed.success) throw new SourceError(`${name} does not fit: ${describe(parsed.error)}`);
  const page = parsed.data;
  const member = (['items', 'tenants', 'content'] as const).find((key) => page[key] !== undefined);
  if (member === undefined) throw new SourceError(`${name} has neither items nor tenants`);
  const rows = page[member] as readonly unknown[];
  const total = page.total ?? page.totalCount ?? page.totalElements ?? undefined;
  // Null, and empty, say in so many words that the list ends here.
  const cursor = page.nextCursor === '' ? null : page.nextCursor;
  if (typeof cursor === 'string') return { rows, member, total, next: { cursor } };
  const size = page.size ?? page.pageSize ?? undefined;
  const number = page.page ?? page.number ?? undefined;
  const missing = total === undefined ? 0 : total - readBefore - rows.length;
  if (cursor === undefined && number !== undefined && missing > 0 && rows.length > 0) {
    const next = { page: String(number + 1), ...(size === undefined ? {} : { size: String(size) }) };
    return { rows, member, total, next };
  }
  if (cursor === undefined && total === undefined) {
    assertNoMore(body as object, name);
    return lastPage(rows, member, name, readBefore, size);
  }
  if (missing !== 0) throw new SourceError(`${name} ends the list with ${-missing + Number(total)} of ${total} rows`);
  return { rows, member, total, next: undefined };
}

/** @throws SourceError for exactly as many rows as fit a page: were those all, or the first of more? */
function lastPage(rows: readonly unknown[], member: string, name: string, readBefore: number, size = PAGE_LIMIT): Page {
  if (readBefore === 0 && rows.length > 0 && rows.length === size)
    throw new SourceError(
      `${name} is full with ${size} rows and does not say whether there are more (nextCursor, total)`,
    );
  return { rows, member, total: undefined, next: undefined };
}

/** @throws SourceError when the answer speaks of a further page in words that are not understood */
function assertNoMore(body: object, name: string): void {
  const more = moreSchema.partial().parse(body);
  const signs = { ...more, links: more.links?.next, _links: more._links?.next };
  const sign = Object.entries(signs).find(([, value]) => isSign(value));
  if (sign !== undefined || (body as { last?: unknown }).last === false)
    throw new SourceError(`${name} has a further page (${sign?.[0] ?? 'last'}), but no nextCursor to ask for it`);
}

function isSign(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'the answer'}: ${issue.message}`;
}
