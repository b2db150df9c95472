import type { ByteReader, ByteWriter } from './snapshot-image-bytes.ts';
import { readUint16, readUint32 } from './snapshot-image-bytes.ts';
import { SnapshotImageError } from './snapshot-image-error.ts';

/**
 * A column of whole numbers from 0, in blocks: each begins with the bytes that its numbers take (0 when all of them are 0,
 * else 1, 2 or 4). The size of a block belongs to the format and has nothing to do with the pages in memory.
 */
const BLOCK_SIZE = 2048;

/** @param values one per row, below 2³² */
export function writeColumn(writer: ByteWriter, values: Uint32Array): void {
  for (let from = 0; from < values.length; from += BLOCK_SIZE) {
    const to = Math.min(from + BLOCK_SIZE, values.length);
    let all = 0;
    for (let row = from; row < to; row++) all |= values[row]!;
    const width = all === 0 ? 0 : all >>> 8 === 0 ? 1 : all >>> 16 === 0 ? 2 : 4;
    writer.uint8(width);
    let { bytes, at } = writer.claim((to - from) * width);
    if (width === 0) continue;
    for (let row = from; row < to; row++) {
      const value = values[row]!;
      bytes[at++] = value;
      if (width === 1) continue;
      bytes[at++] = value >>> 8;
      if (width === 2) continue;
      bytes[at++] = value >>> 16;
      bytes[at++] = value >>> 24;
    }
  }
}

/** @param values filled with what was written; zeros where nothing is */
export function readColumn(reader: ByteReader, values: Uint32Array): void {
  const { bytes } = reader;
  for (let from = 0; from < values.length; from += BLOCK_SIZE) {
    const to = Math.min(from + BLOCK_SIZE, values.length);
    const width = reader.uint8();
    let at = reader.take((to - from) * width);
    if (width === 0) values.fill(0, from, to);
    else if (width === 1) for (let row = from; row < to; row++) values[row] = bytes[at++]!;
    else if (width === 2) for (let row = from; row < to; row++, at += 2) values[row] = readUint16(bytes, at);
    else if (width === 4) for (let row = from; row < to; row++, at += 4) values[row] = readUint32(bytes, at);
    else throw new SnapshotImageError('CORRUPT', `a column of ${width} bytes a row`);
  }
}
