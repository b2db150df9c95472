const COMMON = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT'];
const BITS: ReadonlyMap<string, number> = new Map(COMMON.map((method, at) => [method, 1 << at]));

/** Methods that a rule is for: bits of the common ones, names of the others. null = any, also none. */
export type MethodSet = { readonly common: number; readonly others: ReadonlySet<string> | null } | null;

/** @param methods in any case; absent or with `*`: any */
export function compileMethods(methods: readonly string[] | undefined): MethodSet {
  if (methods === undefined || methods.includes('*')) return null;
  const names = methods.map((method) => method.toUpperCase());
  const others = names.filter((name) => !BITS.has(name));
  const common = names.reduce((sum, name) => sum | (BITS.get(name) ?? 0), 0);
  return { common, others: others.length === 0 ? null : new Set(others) };
}

export function hasMethod({ common, others }: NonNullable<MethodSet>, method: unknown): boolean {
  if (typeof method !== 'string') return false;
  const bit = BITS.get(method);
  if (bit !== undefined) return (common & bit) !== 0;
  const name = method.toUpperCase();
  return (common & (BITS.get(name) ?? 0)) !== 0 || (others?.has(name) ?? false);
}
