import { expect, test } from 'vitest';
import type { MigrationPolicy } from '../../api/generated/model/index.ts';
import { isSamePolicy, policyFieldsOf, ruledFirst, withCode } from './policy-fields.ts';
import { servedBy } from './served-by.ts';

const policy: MigrationPolicy = {
  severities: { error: 'refuse', warning: 'warn', info: 'allow' },
  codes: { DATA_LOSS: 'refuse', RENAMED_TABLE: 'warn' },
  honoursAccepts: true,
  knownCodes: ['DOWN_MISSING', 'RENAMED_TABLE', 'DATA_LOSS'],
  etag: '"1"',
};

test('a policy is the same whatever the order of its codes, and another with one ruling more or less', () => {
  const fields = policyFieldsOf(policy);
  expect(isSamePolicy({ ...fields, codes: { RENAMED_TABLE: 'warn', DATA_LOSS: 'refuse' } }, policy)).toBe(true);
  expect(isSamePolicy(withCode(fields, 'DATA_LOSS', 'warn'), policy)).toBe(false);
  expect(isSamePolicy(withCode(fields, 'DATA_LOSS', null), policy)).toBe(false);
  expect(isSamePolicy(withCode(withCode(fields, 'DATA_LOSS', null), 'DATA_LOSS', 'refuse'), policy)).toBe(true);
  expect(isSamePolicy({ ...fields, honoursAccepts: false }, policy)).toBe(false);
});

test('codes with a ruling of their own come first, also one that the linter has given up', () => {
  expect(ruledFirst(policy.knownCodes, policy)).toEqual(['RENAMED_TABLE', 'DATA_LOSS', 'DOWN_MISSING']);
  expect(ruledFirst(['A'], { codes: { GONE: 'warn' } })).toEqual(['GONE', 'A']);
});

test('a schema is served by the versions whose range holds it, retired ones left out', () => {
  const version = (name: string, schemaMin: number | null, schemaMax: number | null, status = 'active' as const) => ({
    version: name,
    status,
    schemaMin,
    schemaMax,
  });
  const versions = [
    version('1.0', null, 1),
    version('2.0', 2, 3),
    version('3.0', 2, null),
    { ...version('0.9', null, null), status: 'retired' as const },
  ];
  expect(servedBy(2, versions)).toEqual(['2.0', '3.0']);
  expect(servedBy(1, versions)).toEqual(['1.0']);
});
