/** How large a set may be; sizes in UTF-8 bytes. Beyond it, reading stops with a finding instead of taking memory. */
export interface SetLimits {
  readonly fileBytes: number;
  readonly setBytes: number;
  readonly fileCount: number;
  readonly statementBytes: number;
  /** Per file. */
  readonly statementCount: number;
  /** Of all files together. */
  readonly setStatementCount: number;
  /** Characters of a migration's name; the ledger's column holds as many. */
  readonly nameLength: number;
}

/** Far above what schema changes need: bulk data does not belong into a migration. */
export const DEFAULT_SET_LIMITS: SetLimits = {
  fileBytes: 1_048_576,
  setBytes: 8_388_608,
  fileCount: 500,
  statementBytes: 262_144,
  statementCount: 1000,
  setStatementCount: 5000,
  nameLength: 120,
};

/** A file of a set: the path below the place it was read from, with `/`, and its text. */
export interface SetFile {
  readonly path: string;
  readonly text: string;
}
