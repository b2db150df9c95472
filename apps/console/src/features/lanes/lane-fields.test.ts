import { expect, test } from 'vitest';
import type { Lane } from '../../api/generated/model/index.ts';
import { checkFields, fieldsOf, toPut } from './lane-fields.ts';

const lane = {
  tag: 'beta',
  name: 'Beta',
  mode: 'strict',
  versions: [{ serviceId: 'cart', version: '2.0' }],
  entry: { portion: { unit: { by: 'user' }, share: 500, salt: 'old' } },
} as unknown as Lane;

test('an edit keeps the salt of its portion, a new lane is salted by its tag', () => {
  expect(toPut({ ...fieldsOf(lane, ''), share: 700 }, null, lane).entry).toEqual({
    portion: { unit: { by: 'user' }, share: 700, salt: 'old' },
  });
  const fresh = { ...fieldsOf(undefined, ''), tag: 'beta', hasEntry: true, share: 700 };
  expect(toPut(fresh, null, undefined).entry).toMatchObject({ portion: { salt: 'lane/beta' } });
});

test('without an entry nobody enters who has no tag; a portion of everybody is left out', () => {
  expect(toPut({ ...fieldsOf(lane, ''), hasEntry: false }, null, lane).entry).toBeNull();
  const when = { op: 'exists', operand: { from: 'user' } } as const;
  expect(toPut({ ...fieldsOf(lane, 'x'), share: 10_000 }, when, lane).entry).toEqual({ when });
});

test('a lane that everybody would enter, a service twice and a missing version are named', () => {
  const versions = [
    { serviceId: 'cart', version: '2.0' },
    { serviceId: 'cart', version: '' },
  ];
  expect(checkFields({ ...fieldsOf(lane, ''), tag: 'no space', versions, share: 10_000 }, [])).toEqual({
    tag: 'name',
    'versions.1.serviceId': 'twice',
    'versions.1.version': 'required',
    entry: 'everybody',
  });
  expect(checkFields(fieldsOf(lane, ''), ['alpha'])).toEqual({});
  expect(checkFields(fieldsOf(lane, ''), ['beta'])).toEqual({ tag: 'taken' });
});
