import { SourceUnavailableError } from './registry-source.ts';

export interface ServicePage {
  /** Services on all pages, as this answer counts them. */
  readonly totalCount: number;
  /** Services on this page, those of other groups included. */
  readonly itemCount: number;
}

const ATTEMPTS = 3;
/** A server that never comes to an end does not keep us for ever: 1 000 pages of 100 are more services than Nacos holds. */
const MOST_PAGES = 1_000;

/**
 * Reads page after page until all are read. When services came or went meanwhile, one may have slipped from a page not
 * yet read to one read already; the counts tell, and it is read anew.
 *
 * @param readPage page numbers begin with 1
 * @throws SourceUnavailableError what `readPage` throws; GARBAGE when the pages never fit together
 */
export async function listAllPages<Page extends ServicePage>(
  readPage: (pageNo: number, pageSize: number) => Promise<Page>,
  pageSize: number,
): Promise<Page[]> {
  for (let attempt = 1; ; attempt++) {
    const pages: Page[] = [];
    let itemCount = 0;
    for (let pageNo = 1; pageNo <= MOST_PAGES; pageNo++) {
      const page = await readPage(pageNo, pageSize);
      pages.push(page);
      itemCount += page.itemCount;
      if (page.itemCount === 0 || itemCount >= page.totalCount) break;
    }
    const counts = new Set(pages.map((page) => page.totalCount));
    if (counts.size === 1 && counts.has(itemCount)) return pages;
    if (attempt === ATTEMPTS) {
      throw new SourceUnavailableError(
        'GARBAGE',
        `Nacos: ${itemCount} services read, ${[...counts].join(', ')} counted.`,
      );
    }
  }
}
