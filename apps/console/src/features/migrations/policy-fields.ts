import type { MigrationFindingRuling, MigrationPolicy, PutMigrationPolicy } from '../../api/generated/model/index.ts';

export type Ruling = MigrationFindingRuling;
export const rulings = ['refuse', 'warn', 'allow'] as const satisfies readonly Ruling[];
export const severities = ['error', 'warning', 'info'] as const;

/** What the form holds: the policy without its tag. */
export type PolicyFields = Pick<MigrationPolicy, 'severities' | 'codes' | 'honoursAccepts'>;

export function policyFieldsOf({ severities, codes, honoursAccepts }: MigrationPolicy): PolicyFields {
  return { severities, codes, honoursAccepts };
}

/** Sets the ruling of one code; null leaves it to its severity. */
export function withCode(fields: PolicyFields, code: string, ruling: Ruling | null): PolicyFields {
  const { [code]: _, ...codes } = fields.codes;
  return { ...fields, codes: ruling === null ? codes : { ...codes, [code]: ruling } };
}

export function isSamePolicy(fields: PolicyFields, policy: MigrationPolicy): boolean {
  const sorted = (codes: PolicyFields['codes']) => JSON.stringify(Object.entries(codes).sort());
  return (
    severities.every((one) => fields.severities[one] === policy.severities[one]) &&
    sorted(fields.codes) === sorted(policy.codes) &&
    fields.honoursAccepts === policy.honoursAccepts
  );
}

export function toPolicy(fields: PolicyFields, reason: string): PutMigrationPolicy {
  return { ...fields, ...(reason.trim() ? { reason: reason.trim() } : {}) };
}

/** Codes that are ruled on by themselves first, then the others as the linter lists them. */
export function ruledFirst(knownCodes: readonly string[], { codes }: Pick<MigrationPolicy, 'codes'>): string[] {
  const ruled = knownCodes.filter((code) => code in codes);
  const unknown = Object.keys(codes).filter((code) => !knownCodes.includes(code));
  return [...ruled, ...unknown, ...knownCodes.filter((code) => !(code in codes))];
}
