import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildSnapshot, decodeSnapshot, encodeSnapshot, SnapshotImageError } from './index.ts';
import { murmurHash3Bytes } from './murmur-hash3.ts';
import { ByteWriter } from './snapshot-image-bytes.ts';
import { writeColumn } from './snapshot-image-columns.ts';
import { CHECKSUM_SIZE, FORMAT, MAGIC, OLDEST_READER, PREAMBLE_SIZE, SECTION } from './snapshot-image-format.ts';

/** Images that are as they were written, but that nobody should have written: what a reader says of each. */

const EMPTY = { tenants: [], services: [], assignments: [], schemas: [], holds: [], instances: [] };
const empty = buildSnapshot({ position: { epoch: 'e', revision: 1 }, ...EMPTY });

function refusalOf(bytes: Uint8Array): SnapshotImageError {
  try {
    decodeSnapshot(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(SnapshotImageError);
    return error as SnapshotImageError;
  }
  throw new Error('was read');
}

type Write = (writer: ByteWriter) => void;

/** An image of these sections, with the right length and checksum. */
function imageOf(...sections: readonly (readonly [id: number, write: Write])[]): Uint8Array {
  const writer = new ByteWriter();
  for (const character of MAGIC) writer.uint8(character.charCodeAt(0));
  writer.uint16(FORMAT);
  writer.uint16(OLDEST_READER);
  writer.uint32(0);
  for (const [id, write] of sections) {
    writer.uint32(id);
    writer.uint32(0);
    const from = writer.length;
    write(writer);
    writer.setUint32(from - 4, writer.length - from);
  }
  writer.setUint32(MAGIC.length + 4, writer.length + CHECKSUM_SIZE);
  writer.uint32(murmurHash3Bytes(writer.view()));
  return writer.view().slice();
}

const header = [
  SECTION.header,
  (to: ByteWriter) => to.json({ epoch: 'e', revision: 1, digest: empty.digest }),
] as const;

function tenants(ids: readonly string[], status: number, tags: number): readonly [number, Write] {
  return [
    SECTION.tenants,
    (to) => {
      to.json(ids);
      for (const _ of ids) to.uint8(status);
      if (status !== 0) for (const _ of ids) to.float64(1);
      to.json([['vip']]);
      writeColumn(to, new Uint32Array(ids.length).fill(tags));
    },
  ];
}

function service(cell: number, schema: number, versions = ['v1']): readonly [number, Write] {
  return [
    SECTION.service,
    (to) => {
      to.json({ id: 'pay', record: null, versions });
      writeColumn(to, Uint32Array.of(cell));
      to.uint32(1);
      to.float64(7);
      writeColumn(to, Uint32Array.of(schema));
    },
  ];
}

describe('an image that is refused', () => {
  const whole = encodeSnapshot(empty);
  const flipped = whole.with(PREAMBLE_SIZE, whole[PREAMBLE_SIZE]! ^ 1);
  const tooNew = new URL('../images/format-4-for-newer-readers.bin', import.meta.url);

  it.each<[string, string, Uint8Array]>([
    ['NOT_AN_IMAGE', 'it does not begin like one', new TextEncoder().encode('GREYSNAG and something more')],
    ['NOT_AN_IMAGE', 'it does not begin like one', new TextEncoder().encode(MAGIC.slice(0, -1))],
    ['TRUNCATED', 'it ends in its preamble', whole.subarray(0, PREAMBLE_SIZE + CHECKSUM_SIZE - 1)],
    ['TRUNCATED', `20 bytes instead of ${whole.length}`, whole.subarray(0, PREAMBLE_SIZE + CHECKSUM_SIZE)],
    ['TRUNCATED', `${whole.length + 1} bytes instead of ${whole.length}`, Uint8Array.from([...whole, 0])],
    ['CHECKSUM', 'the checksum does not fit', flipped],
    ['FORMAT_TOO_NEW', 'it asks for format 4, this version reads up to 3', new Uint8Array(readFileSync(tooNew))],
    ['CORRUPT', 'it has no header', imageOf(tenants([], 0, 0))],
    ['CORRUPT', 'it has no header', imageOf()],
    ['CORRUPT', 'it names a tenant twice', imageOf(header, tenants(['a', 'b', 'a'], 1, 0))],
    ['CORRUPT', 'tenant 0', imageOf(header, tenants(['a'], 3, 0))],
    ['CORRUPT', 'tenant 0', imageOf(header, tenants(['a'], 1, 2))],
    ['CORRUPT', 'a cell names version 0', imageOf(header, tenants(['a'], 1, 1), service(1, 0))],
    ['CORRUPT', 'a cell names version 2', imageOf(header, tenants(['a'], 1, 1), service(4, 0))],
    ['CORRUPT', 'it names a version twice', imageOf(header, tenants(['a'], 1, 1), service(2, 1, ['v1', 'v2', 'v1']))],
    ['CORRUPT', 'a schema version that is not listed', imageOf(header, tenants(['a'], 1, 1), service(2, 2))],
    ['CORRUPT', 'a part reaches beyond its end', imageOf([SECTION.header, (to) => to.uint32(1)])],
    [
      'CORRUPT',
      'a column of 3 bytes a row',
      imageOf(header, [
        SECTION.tenants,
        (to) => {
          to.json(['a']);
          to.uint8(0);
          to.json([]);
          to.uint8(3);
          for (let i = 0; i < 3; i++) to.uint8(0);
        },
      ]),
    ],
  ])('as %s says why: %s', (fault, why, bytes) => {
    expect(refusalOf(bytes)).toMatchObject({
      name: 'SnapshotImageError',
      code: 'SNAPSHOT_IMAGE',
      fault,
      message: `not a usable snapshot image: ${why}`,
    });
  });

  it('names both digests where they differ', () => {
    const { message } = refusalOf(imageOf(header, tenants(['a'], 1, 1)));
    expect(message).toMatch(new RegExp(`: its digest is [0-9a-f]+, not ${empty.digest}$`));
  });

  it('keeps the error that its content caused', () => {
    const broken = imageOf([
      SECTION.header,
      (to) => {
        to.uint32(1);
        to.uint8(0x7b);
      },
    ]);
    const { fault, message, cause } = refusalOf(broken);
    expect(fault).toBe('CORRUPT');
    expect(cause).toBeInstanceOf(SyntaxError);
    expect(message).toContain(String(cause));
  });

  it('is not one that has nothing but a header', () => {
    expect(decodeSnapshot(imageOf(header)).digest).toBe(empty.digest);
  });
});
