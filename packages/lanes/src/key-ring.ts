/** At least as many bytes as SHA-256 gives: shorter ones are easier to guess than the signature. */
const SECRET_BYTES = 32;
const KEY_LIMIT = 16;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

export interface LaneKey {
  readonly id: string;
  readonly secret: string;
}

/**
 * Keys that sign tags. The first one signs, each verifies: to rotate, put the new key second everywhere, then first
 * everywhere, and take the old one out when the last tag signed with it has expired.
 */
export class KeyRing {
  readonly signing: LaneKey;
  readonly #byId: ReadonlyMap<string, LaneKey>;

  /** @throws RangeError naming the fault, never the secret */
  constructor(keys: readonly LaneKey[]) {
    const [first] = keys;
    if (first === undefined || keys.length > KEY_LIMIT) throw new RangeError(`a key ring has 1 to ${KEY_LIMIT} keys`);
    for (const { id, secret } of keys) {
      if (!KEY_ID.test(id)) throw new RangeError('a key id has 1 to 32 of A-Z a-z 0-9 _ -');
      if (Buffer.byteLength(secret) < SECRET_BYTES) {
        throw new RangeError(`the secret of key ${id} has fewer than ${SECRET_BYTES} bytes`);
      }
    }
    this.signing = first;
    this.#byId = new Map(keys.map((key) => [key.id, key]));
    if (this.#byId.size < keys.length) throw new RangeError('two keys have one id');
  }

  find(id: string): LaneKey | undefined {
    return this.#byId.get(id);
  }
}

/** Reads `kid:secret,kid2:secret2`. Secrets may contain colons, not commas. @throws RangeError as the constructor does */
export function parseKeyRing(text: string): KeyRing {
  return new KeyRing(
    text.split(',').map((part) => {
      const colon = part.indexOf(':');
      if (colon < 0) throw new RangeError('a key is written kid:secret');
      return { id: part.slice(0, colon).trim(), secret: part.slice(colon + 1).trim() };
    }),
  );
}
