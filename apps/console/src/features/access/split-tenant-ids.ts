/** Tenant ids from free text: separated by commas, spaces or lines, each once. */
export function splitTenantIds(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；]+/).filter((id) => id !== ''))];
}
