/**
 * - `NOT_AN_IMAGE`: something else altogether
 * - `FORMAT_TOO_NEW`: written by a version whose images this one must not read
 * - `TRUNCATED`: shorter or longer than it says it is
 * - `CHECKSUM`: some byte is not as it was written
 * - `CORRUPT`: as it was written, but the parts contradict one another
 */
export type SnapshotImageFault = 'NOT_AN_IMAGE' | 'FORMAT_TOO_NEW' | 'TRUNCATED' | 'CHECKSUM' | 'CORRUPT';

/** Bytes are no image of a snapshot that this version can read. Whoever gets it looks for another source. */
export class SnapshotImageError extends Error {
  readonly code = 'SNAPSHOT_IMAGE';
  readonly fault: SnapshotImageFault;

  constructor(fault: SnapshotImageFault, message: string, options?: ErrorOptions) {
    super(`not a usable snapshot image: ${message}`, options);
    this.name = 'SnapshotImageError';
    this.fault = fault;
  }
}
