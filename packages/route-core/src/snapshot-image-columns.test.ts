import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './snapshot-image-bytes.ts';
import { readColumn, writeColumn } from './snapshot-image-columns.ts';

const BLOCK_SIZE = 2048;

function roundTrip(values: Uint32Array): { readonly length: number; readonly read: Uint32Array } {
  const writer = new ByteWriter();
  writeColumn(writer, values);
  const reader = new ByteReader(writer.view());
  // The room is used for one column after the other.
  const read = new Uint32Array(values.length).fill(99);
  readColumn(reader, read);
  expect(reader.isAtEnd).toBe(true);
  return { length: writer.length, read };
}

describe('a column', () => {
  it.each([
    [0, 0],
    [1, 1],
    [0xff, 1],
    [0x1_00, 2],
    [0xff_ff, 2],
    [0x1_00_00, 4],
    [0xff_fe_fd_fc, 4],
  ])('that reaches %i takes %i bytes a row, and gives back every value', (greatest, width) => {
    const values = Uint32Array.from([0, greatest, 0, greatest >>> 1]);
    const { length, read } = roundTrip(values);
    expect(length).toBe(1 + 4 * width);
    expect(read).toEqual(values);
  });

  it.each([0, 1, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE])('may have %i rows', (count) => {
    const values = Uint32Array.from({ length: count }, (_, row) => row);
    expect(roundTrip(values).read).toEqual(values);
  });

  it('gives each block the bytes that its own values take', () => {
    const values = new Uint32Array(3 * BLOCK_SIZE + 1);
    values[0] = 7;
    values[2 * BLOCK_SIZE] = 70_000;
    values[3 * BLOCK_SIZE] = 700;
    const { length, read } = roundTrip(values);
    expect(length).toBe(1 + BLOCK_SIZE + 1 + (1 + 4 * BLOCK_SIZE) + (1 + 2));
    expect(read).toEqual(values);
  });
});
