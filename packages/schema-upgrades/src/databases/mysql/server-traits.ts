/** In what servers of this family differ. */
export interface ServerTraits {
  readonly isMariadb: boolean;
  readonly hasChecks: boolean;
  /** False on older servers, where a statement of DDL may be half done. */
  readonly hasAtomicDdl: boolean;
  /** Of the server, but that backslashes escape, as migrations are split. */
  readonly sqlMode: string;
}

/** `8.0.36` or `10.11.6-MariaDB-…`, at times with `5.5.5-` in front for the sake of old clients. */
export function readTraits(version: string, sqlMode: string): ServerTraits {
  const isMariadb = /mariadb/i.test(version);
  const [, major = '0', minor = '0'] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(version) ?? [];
  const number = Number(major) * 100 + Number(minor);
  return {
    isMariadb,
    sqlMode: sqlMode.replace(/,?NO_BACKSLASH_ESCAPES/, ''),
    hasAtomicDdl: number >= (isMariadb ? 1006 : 800),
    hasChecks: isMariadb ? number >= 1003 : number >= 800,
  };
}
