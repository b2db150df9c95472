import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** First byte of a sealed text: what made it. */
const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What was sealed cannot be opened: another key, or changed bytes. */
export class SecretsError extends Error {}

/** Keeps secrets in the database unreadable: AES-256-GCM (NIST SP 800-38D), a random 96-bit nonce for each text. */
export class SecretBox {
  readonly #key: Buffer;
  readonly #fault: string;

  /** @param key 32 bytes @param fault what to say when something does not open */
  constructor(key: Buffer, fault = 'What is sealed does not open with this key.') {
    this.#key = key;
    this.#fault = fault;
  }

  /** @param owner bound to the result: under another owner it does not open, so rows cannot be swapped */
  seal(owner: string, text: string | Buffer): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(Buffer.from(text)), cipher.final()]);
    return Buffer.concat([Buffer.of(FORMAT), iv, cipher.getAuthTag(), sealed]);
  }

  /** @throws SecretsError */
  open(owner: string, sealed: Uint8Array): string {
    return this.openBytes(owner, sealed).toString('utf8');
  }

  /** @throws SecretsError */
  openBytes(owner: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed);
    try {
      if (bytes[0] !== FORMAT) throw new Error('unknown format');
      const iv = bytes.subarray(1, 1 + IV_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.#key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(owner));
      decipher.setAuthTag(bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES));
      const text = decipher.update(bytes.subarray(1 + IV_BYTES + TAG_BYTES));
      return Buffer.concat([text, decipher.final()]);
    } catch (error) {
      throw new SecretsError(this.#fault, { cause: error });
    }
  }
}
