import { expect, test } from 'vitest';
import type { DataSource } from '../../api/generated/model/index.ts';
import {
  addressText,
  checkFields,
  fieldAt,
  fieldsOf,
  isAsSaved,
  needsCredentials,
  toCreate,
  toUpdate,
  withEngine,
} from './data-source-fields.ts';

const source: DataSource = {
  id: '5f0c4c4e-2c1f-4c55-9a5e-0d3f5a3a7f11',
  tenantId: 'acme',
  serviceId: 'payments',
  engine: 'postgres',
  host: 'db.internal',
  port: 5432,
  database: 'payments',
  schema: 'acme',
  tls: 'require',
  credentials: 'a1b2',
  createdAt: '2026-11-22T00:00:00Z',
  updatedAt: '2026-11-22T00:00:00Z',
  etag: '"1"',
};

test('a new data source needs all of its address and its credentials', () => {
  expect(Object.keys(checkFields(fieldsOf(undefined), undefined)).sort()).toEqual(
    ['database', 'host', 'password', 'serviceId', 'tenantId', 'user'].sort(),
  );
  const fields = { ...fieldsOf(source), user: 'u', password: ' p ' };
  expect(checkFields(fields, undefined)).toEqual({});
  // Blanks belong to a password, and not to a name.
  expect(toCreate({ ...fields, host: ' DB.internal ', schema: ' ' })).toMatchObject({
    host: 'db.internal',
    schema: null,
    password: ' p ',
  });
});

test('kept credentials follow neither to another server nor to weaker TLS', () => {
  const asItIs = fieldsOf(source);
  expect(needsCredentials(asItIs, source)).toBe(false);
  expect(needsCredentials({ ...asItIs, tls: 'verify', database: 'other' }, source)).toBe(false);
  for (const part of [{ host: 'db2.internal' }, { port: '5433' }, { tls: 'off' as const }])
    expect(checkFields({ ...asItIs, ...part }, source), JSON.stringify(part)).toMatchObject({
      user: 'credentials',
      password: 'credentials',
    });
  // There are none that could follow.
  expect(checkFields({ ...asItIs, host: 'db2.internal' }, { ...source, credentials: null })).toEqual({});
});

test('a change sends only what is changed, and user and password together', () => {
  const asItIs = fieldsOf(source);
  expect(isAsSaved({ ...asItIs, reason: 'x' }, source)).toBe(true);
  expect(toUpdate({ ...asItIs, schema: '', reason: ' moved ' }, source)).toEqual({ schema: null, reason: 'moved' });
  expect(checkFields({ ...asItIs, user: 'u' }, source)).toEqual({ password: 'together' });
  expect(toUpdate({ ...asItIs, user: 'u', password: 'p' }, source)).toEqual({ user: 'u', password: 'p' });
});

test('another engine brings its usual port and no schema; MySQL proves itself by name', () => {
  const mysql = withEngine(fieldsOf(source), 'mysql');
  expect(mysql).toMatchObject({ port: '3306', schema: '' });
  expect(withEngine({ ...mysql, port: '3307' }, 'postgres').port).toBe('3307');
  const filled = { ...mysql, user: 'u', password: 'p' };
  expect(checkFields({ ...filled, host: '10.0.0.7', tls: 'verify' }, undefined)).toEqual({ host: 'certificateName' });
  expect(checkFields({ ...filled, host: '10.0.0.7', tls: 'require' }, undefined)).toEqual({});
});

test('an address is one line, a fault of the API is told at its field', () => {
  expect(addressText(source)).toBe('db.internal:5432/payments · acme');
  expect(addressText({ ...source, host: '::1', schema: null })).toBe('[::1]:5432/payments');
  expect(fieldAt('body.host')).toBe('host');
  expect(fieldAt('body.engine')).toBeUndefined();
});
