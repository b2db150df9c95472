import { describe, expect, it } from 'vitest';
import { PAGE_LIMIT, readPage } from './read-page.ts';

const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `t${index}` }));
const read = (body: unknown, readBefore = 0) => readPage(body, 'page 1', readBefore);

describe('a page', () => {
  it.each([
    ['a cursor', { items: rows(2), nextCursor: 'abc' }, { cursor: 'abc' }],
    ['the number of the page, from 0', { tenants: rows(2), page: 0, size: 2, total: 5 }, { page: '1', size: '2' }],
    [
      'the number of the page, from 1',
      { items: rows(2), page: 1, pageSize: 2, totalCount: 5 },
      { page: '2', size: '2' },
    ],
    [
      'a Spring page',
      { content: rows(2), number: 0, size: 2, totalElements: 3, last: false },
      { page: '1', size: '2' },
    ],
  ])('leads on by %s', (_, body, next) => expect(read(body)).toMatchObject({ next, rows: rows(2) }));

  it.each([
    ['a cursor of null', { items: rows(PAGE_LIMIT), nextCursor: null }],
    ['no cursor and few rows', { tenants: rows(3) }],
    ['a list alone', rows(3)],
    ['no row at all', { items: [] }],
    ['as many rows as the total', { items: rows(PAGE_LIMIT), total: PAGE_LIMIT }],
    ['more rows than were asked for', { items: rows(PAGE_LIMIT + 1) }],
  ])('ends the list with %s', (_, body) => expect(read(body).next).toBeUndefined());

  it('ends the list when the pages before it make the total full', () => {
    expect(read({ items: rows(1), page: 2, size: 2, total: 5 }, 4).next).toBeUndefined();
  });

  it.each([
    ['neither items nor tenants', {}],
    ['no list', { items: 'all' }],
    ['text', 'sorry'],
    ['exactly as many rows as were asked for, and no word on more', { items: rows(PAGE_LIMIT) }],
    ['a full page of its own size, and no word on more', { items: rows(20), page: 0, size: 20 }],
    ['a total and no way to the rest', { items: rows(2), total: 5 }],
    ['an end before the total', { items: rows(2), nextCursor: null, total: 5 }],
    ['more rows than the total', { items: rows(2), total: 1 }],
    ['an empty page before the total', { items: [], page: 1, size: 2, total: 5 }],
    ['a further page in other words', { items: rows(2), hasMore: true }],
    ['a link to the next page', { items: rows(2), links: { next: '/api/tenants?page=2' } }],
    ['a HAL link to the next page', { items: rows(2), _links: { next: { href: '/x' } } }],
    ['Spring pages without their number', { content: rows(2), last: false }],
  ])('is refused with %s, because half a list looks like deletions', (_, body) =>
    expect(() => read(body)).toThrow('page 1'),
  );
});
