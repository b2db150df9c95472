interface Candidate {
  readonly version: string;
  readonly ordinal: number;
  readonly status: string;
}

/**
 * Where whoever is left on a version would go: to the default when that is one other version, else to the next newer one
 * that is active, else to the newest active one. null: there is none.
 */
export function findSuccessor(
  version: string,
  defaults: readonly { readonly version: string; readonly weight: number }[],
  versions: readonly Candidate[],
): string | null {
  const used = defaults.filter(({ weight }) => weight > 0);
  const only = used.length === 1 ? used[0]?.version : undefined;
  if (only !== undefined && only !== version) return only;
  const own = versions.find((one) => one.version === version)?.ordinal ?? 0;
  const others = versions
    .filter((one) => one.version !== version && one.status === 'active')
    .sort((a, b) => a.ordinal - b.ordinal);
  return (others.find(({ ordinal }) => ordinal > own) ?? others.at(-1))?.version ?? null;
}
