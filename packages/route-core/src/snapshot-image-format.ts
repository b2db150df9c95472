/**
 * The image of a snapshot, byte by byte (little-endian):
 *
 *     8  "GREYSNAP"
 *     2  format: the version of the writer
 *     2  oldest reader: a reader of an older format must not read it
 *     4  length of the whole image
 *     …  sections: 4 id, 4 length, content
 *     4  checksum (MurmurHash3, seed 0) of all before
 *
 * Readers skip sections they do not know and go without those that are missing, so versions N and N−1 read each other's
 * images as long as only sections come along. Whatever a decision or the digest depends on must not be skipped: who adds
 * such a section raises OLDEST_READER. Meanings never change; what must be said otherwise gets a new section.
 */
export const MAGIC = 'GREYSNAP';
export const FORMAT = 3;
/** Readers of format 1 know no rules, experiments, flags and lanes; what has none of them they read as before. */
export const OLDEST_READER = 1;
export const OLDEST_READER_OF_RULES = 2;
/** Readers of format 2 know no expanded or migrating schemas. */
export const OLDEST_READER_OF_SPANS = 3;
export const PREAMBLE_SIZE = 16;
export const CHECKSUM_SIZE = 4;

export const SECTION = {
  /** json {@link ImageHeader} */
  header: 1,
  /**
   * json: tenant ids, in the order of the rows of all columns, those without a tenant of their own included (cells may name
   * them); a byte each: status (0 none, 1 active, 2 suspended); two times 4 bytes for each tenant: its share of the digest;
   * json: the distinct lists of tags; column: which list, from 1 (0 none).
   */
  tenants: 2,
  /**
   * One for each service. json {@link ImageService}; column of cells: 2 × (index into versions + 1) + (1 if pinned),
   * 0 none; 4 count and 8 bytes each: distinct schema versions; column: which of them, from 1 (0 none).
   */
  service: 3,
  /** json: list of HoldRecord */
  holds: 4,
  /** json: list of InstanceRecord, as last known. Absent where the reader learns instances elsewhere. */
  instances: 5,
  /**
   * One for each service with schemas that are expanded or migrating. json: the service's id; 4 count and 8 bytes each:
   * distinct `expandedTo`; column: which of them, from 1 (0 none); column: 1 if migrating. Since format 3; what has it needs
   * a reader of 3.
   */
  spans: 7,
  /** json: list of LaneRecord. Since format 2; what has it needs a reader of 2. */
  lanes: 6,
} as const;

export interface ImageHeader {
  readonly epoch: string;
  readonly revision: number;
  /** `Snapshot.digest`; a reader computes it anew from what it read. */
  readonly digest: string;
}

export interface ImageService<Record> {
  readonly id: string;
  readonly record: Record | null;
  /** Names of the versions that cells name. */
  readonly versions: readonly string[];
}
