/**
 * The schema that a version brings a tenant to: that of its own set, else the one it asks for at least where the tenant is not
 * that far; null: it brings nothing. Pure.
 *
 * @param own schema version of the set that the version brings; null: none
 * @param schemaMin what the version asks for at least
 * @param expandedTo the newest that the tenant's schema serves, as far as it is known
 */
export function targetSchema(own: number | null, schemaMin: number | null, expandedTo: number): number | null {
  if (own !== null) return own;
  return schemaMin !== null && schemaMin > expandedTo ? schemaMin : null;
}
