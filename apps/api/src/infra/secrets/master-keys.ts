import { randomBytes } from 'node:crypto';
import { SecretBox, SecretsError } from './secret-box.ts';

const KEY_BYTES = 32;

/** A master key and the name that stands with everything it sealed. */
export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** What is sealed was sealed with a master key that this process does not have. */
export class MasterKeyUnknown extends Error {
  readonly keyId: string;

  constructor(keyId: string) {
    super(`no master key ${keyId} is configured`);
    this.keyId = keyId;
  }
}

/**
 * Reads `id:key` entries, by commas or lines: the first writes, all read. No part of a key ever is in a fault.
 *
 * @throws Error that says what is wrong with which entry
 */
export function parseMasterKeys(text: string): readonly [MasterKey, ...MasterKey[]] {
  const entries = text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const keys = entries.map((entry, index) => {
    const [, id, code] = /^([A-Za-z0-9][A-Za-z0-9._-]{0,31}):(\S+)$/.exec(entry) ?? [];
    const key = code === undefined ? undefined : bytesOf(code);
    if (id === undefined || key === undefined)
      throw new Error(`entry ${index + 1} must be id:key, the key 32 bytes as hex or base64`);
    return { id, key };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new Error('has two keys under one id');
  const [first, ...rest] = keys;
  if (first === undefined) throw new Error('has no key');
  return [first, ...rest];
}

function bytesOf(code: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(code)) return Buffer.from(code, 'hex');
  const bytes = Buffer.from(code, 'base64');
  return bytes.length === KEY_BYTES ? bytes : undefined;
}

/**
 * Wraps the data key of each tenant. Several keys read and the first writes, so that one can take the place of another
 * while everything goes on.
 */
export class MasterKeys {
  readonly #read: () => readonly [MasterKey, ...MasterKey[]];
  #keys: readonly [MasterKey, ...MasterKey[]];

  /** @param read gives the keys, again whenever they may have changed @throws Error of `read` */
  constructor(read: () => readonly [MasterKey, ...MasterKey[]]) {
    this.#read = read;
    this.#keys = read();
  }

  get activeId(): string {
    return this.#keys[0].id;
  }

  get ids(): readonly string[] {
    return this.#keys.map(({ id }) => id);
  }

  /** Takes in what has changed in the file of keys. One that cannot be read leaves the keys as they are. @throws Error of it */
  refresh(): void {
    this.#keys = this.#read();
  }

  /** A new data key, and how it is kept. */
  make(tenantId: string): { dataKey: Buffer; keyId: string; wrapped: Buffer } {
    const dataKey = randomBytes(KEY_BYTES);
    return { dataKey, ...this.wrap(tenantId, dataKey) };
  }

  wrap(tenantId: string, dataKey: Buffer): { keyId: string; wrapped: Buffer } {
    const { id, key } = this.#keys[0];
    return { keyId: id, wrapped: new SecretBox(key).seal(ownerOf(tenantId, id), dataKey) };
  }

  /** @throws MasterKeyUnknown, SecretsError when the key of that id is another one */
  unwrap(tenantId: string, keyId: string, wrapped: Uint8Array): Buffer {
    const dataKey = new SecretBox(this.#find(keyId).key).openBytes(ownerOf(tenantId, keyId), wrapped);
    if (dataKey.length !== KEY_BYTES) throw new SecretsError('The data key has a wrong length.');
    return dataKey;
  }

  #find(id: string): MasterKey {
    const known = () => this.#keys.find((one) => one.id === id);
    let key = known();
    if (key === undefined) {
      try {
        this.refresh();
      } catch {
        // A file that is just being written says nothing against the keys there are.
      }
      key = known();
    }
    if (key === undefined) throw new MasterKeyUnknown(id);
    return key;
  }
}

function ownerOf(tenantId: string, keyId: string): string {
  return `${tenantId}/@key/${keyId}`;
}
