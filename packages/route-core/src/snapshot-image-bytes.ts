import { SnapshotImageError } from './snapshot-image-error.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Collects bytes, little-endian. */
export class ByteWriter {
  #bytes = new Uint8Array(65_536);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written so far; valid until more is. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Makes room for `count` bytes and returns where to write them; for loops that must not ask for every byte. */
  claim(count: number): { readonly bytes: Uint8Array; readonly at: number } {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return { bytes: this.#bytes, at };
  }

  uint8(value: number): void {
    const { bytes, at } = this.claim(1);
    bytes[at] = value;
  }

  uint16(value: number): void {
    const { bytes, at } = this.claim(2);
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
  }

  uint32(value: number): void {
    this.claim(4);
    this.setUint32(this.#length - 4, value);
  }

  /** Fills in what was not known yet when its place was written. */
  setUint32(at: number, value: number): void {
    const bytes = this.#bytes;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  float64(value: number): void {
    const { bytes, at } = this.claim(8);
    new DataView(bytes.buffer, bytes.byteOffset).setFloat64(at, value, true);
  }

  /** Length and text. JSON for every text, as it keeps what UTF-8 cannot say (half a surrogate pair) and is parsed natively. */
  json(value: unknown): void {
    const text = encoder.encode(JSON.stringify(value));
    this.uint32(text.length);
    const { bytes, at } = this.claim(text.length);
    bytes.set(text, at);
  }
}

/** Reads what `ByteWriter` wrote. @throws SnapshotImageError CORRUPT beyond the end */
export class ByteReader {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  /** Steps over `count` bytes and returns where they begin. */
  take(count: number): number {
    const at = this.#at;
    if (count > this.bytes.length - at) throw new SnapshotImageError('CORRUPT', 'a part reaches beyond its end');
    this.#at += count;
    return at;
  }

  part(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }

  uint8(): number {
    return this.bytes[this.take(1)]!;
  }

  uint32(): number {
    return readUint32(this.bytes, this.take(4));
  }

  float64(): number {
    const at = this.take(8);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset).getFloat64(at, true);
  }

  /** @throws SyntaxError, TypeError when it is no JSON */
  json(): unknown {
    return JSON.parse(decoder.decode(this.part(this.uint32())));
  }
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (readUint16(bytes, at) | (readUint16(bytes, at + 2) << 16)) >>> 0;
}
