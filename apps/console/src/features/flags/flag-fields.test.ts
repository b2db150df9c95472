import { expect, test } from 'vitest';
import type { Flag } from '../../api/generated/model/index.ts';
import { checkFields, fieldsOf, readValue, toFlag, withType } from './flag-fields.ts';

const when = { op: 'exists', operand: { from: 'user' } } as const;
const flag: Flag = {
  name: 'limit',
  isEnabled: true,
  value: 10,
  rules: [
    { when, value: 20 },
    { portion: { unit: { by: 'user' }, share: 500, salt: 'old' }, value: 30 },
  ],
};

test('a flag survives the form, with its salts', () => {
  const fields = fieldsOf(flag, () => 'text');
  expect(fields).toMatchObject({ type: 'number', value: '10' });
  expect(toFlag(fields, [when, null], 'pay/2.0')).toEqual(flag);
});

test('a new portion is salted by service, version and flag', () => {
  const fields = fieldsOf(undefined, String);
  const rule = { when: '', share: 100, unit: { by: 'user' }, salt: null, value: 'true' } as const;
  expect(toFlag({ ...fields, name: 'new', rules: [rule] }, [null], 'pay/2.0').rules).toEqual([
    { portion: { unit: { by: 'user' }, share: 100, salt: 'pay/2.0/new' }, value: true },
  ]);
});

test('all values of a flag are of its type', () => {
  expect(readValue('number', ' ')).toBeUndefined();
  expect(readValue('boolean', 'yes')).toBeUndefined();
  const fields = { ...fieldsOf(flag, String), type: 'boolean' as const };
  expect(checkFields(fields, ['limit'])).toEqual({
    name: 'taken',
    value: 'value',
    'rules.0.value': 'value',
    'rules.1.value': 'value',
  });
  expect(checkFields(withType(fields, 'boolean'), [])).toEqual({});
});
