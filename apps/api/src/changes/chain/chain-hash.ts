import { createHash } from 'node:crypto';

/** What the first change of the chain follows; 32 zero bytes. */
export const GENESIS = '00'.repeat(32);
/** What stands in the log in place of something personal that was erased. */
export const ERASED = 'erased';

/** Entities whose items say something about a person; each has a salt of its own, which erasure destroys with them. */
export const personalEntities = ['user', 'api_key'] as const;

/** One change as a link of the chain; hashes in hex. */
export interface Link {
  readonly epoch: string;
  readonly revision: number;
  /** When; milliseconds since 1970. */
  readonly atMs: number;
  readonly payloadHash: string;
}

/**
 * The twin of what the log computes when it takes a position: SHA-256 over the hash before (32 bytes), the text
 * `epoch-revision milliseconds ` and the payload hash (32 bytes).
 *
 * @param previous hash of the change before, hex; {@link GENESIS} for the first
 * @returns hex
 */
export function chainHashOf(previous: string, { epoch, revision, atMs, payloadHash: payload }: Link): string {
  return createHash('sha256')
    .update(Buffer.from(previous, 'hex'))
    .update(`${epoch}-${revision} ${atMs} `)
    .update(Buffer.from(payload, 'hex'))
    .digest('hex');
}
