import { expect, test } from 'vitest';
import type { Matrix } from '../../api/generated/model/index.ts';
import { joinMatrixPages, movesOf, versionAt } from './matrix-data.ts';

const services = ['pay', 'user'].map((id) => ({ id, name: id, defaultVersions: [] }));
const page = (versions: string[], rows: [string, number[], number[]][]): Matrix => ({
  services,
  versions,
  rows: rows.map(([tenantId, cells, pinned]) => ({ tenantId, name: tenantId, cells, pinned })),
  nextCursor: null,
  totalCount: 3,
  position: { epoch: 'e', revision: 1 },
});
const data = joinMatrixPages([
  page(
    ['1.0', '2.0'],
    [
      ['a', [0, 1], []],
      ['b', [1, -1], [0]],
    ],
  ),
  page(['2.0', '3.0'], [['c', [1, 0], []]]),
]);

test('pages with different dictionaries read alike after joining', () => {
  expect(data.rows.map((_, row) => [versionAt(data, row, 0), versionAt(data, row, 1)])).toEqual([
    ['1.0', '2.0'],
    ['2.0', null],
    ['3.0', '2.0'],
  ]);
  expect(data.versions).toEqual(['1.0', '2.0', '3.0']);
});

const everything = { anchor: { row: 0, column: 0 }, focus: { row: 2, column: 1 } };

test('cells that are there already are not moved, the others carry what was seen', () => {
  const targets = new Map([['pay', { version: '2.0', pinned: undefined }]]);
  expect(movesOf(data, everything, targets)).toEqual([
    { tenantId: 'a', serviceId: 'pay', currentVersion: '1.0', targetVersion: '2.0' },
    { tenantId: 'c', serviceId: 'pay', currentVersion: '3.0', targetVersion: '2.0' },
  ]);
});

test('a pin that differs is a move although the version stays', () => {
  const targets = new Map([['pay', { version: '2.0', pinned: false }]]);
  expect(movesOf(data, everything, targets)).toContainEqual({
    tenantId: 'b',
    serviceId: 'pay',
    currentVersion: '2.0',
    targetVersion: '2.0',
    pinned: false,
  });
});

test('following the default drops assignments and nothing else', () => {
  const targets = new Map([['user', { version: null, pinned: undefined }]]);
  expect(movesOf(data, everything, targets).map((move) => [move.tenantId, move.targetVersion])).toEqual([
    ['a', null],
    ['c', null],
  ]);
});

test('a selection moves only what it covers', () => {
  const targets = new Map([['pay', { version: '9.0', pinned: undefined }]]);
  const second = { row: 1, column: 0 };
  expect(movesOf(data, { anchor: second, focus: second }, targets).map((move) => move.tenantId)).toEqual(['b']);
  expect(movesOf(data, { anchor: { row: 0, column: 1 }, focus: { row: 2, column: 1 } }, targets)).toEqual([]);
});
