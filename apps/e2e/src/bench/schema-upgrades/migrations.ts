import type { Migration } from '@grey/schema-upgrades';
import { checksumOf } from '../../../../../packages/schema-upgrades/src/sets/checksum.ts';

/** Five migrations of one statement each, as applications have them: tables with a reference, a column, an index, rows. */
const STATEMENTS: readonly (readonly [name: string, up: string, down: string])[] = [
  [
    'customers',
    'CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, since timestamptz NOT NULL DEFAULT now())',
    'DROP TABLE customers',
  ],
  [
    'orders',
    'CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer bigint NOT NULL REFERENCES customers (id), amount numeric(12, 2) NOT NULL)',
    'DROP TABLE orders',
  ],
  ['customer_email', 'ALTER TABLE customers ADD COLUMN email text', 'ALTER TABLE customers DROP COLUMN email'],
  ['orders_by_customer', 'CREATE INDEX orders_by_customer ON orders (customer)', 'DROP INDEX orders_by_customer'],
  [
    'first_customers',
    "INSERT INTO customers (name, email) SELECT 'customer ' || n, n || '@example.com' FROM generate_series(1, 20) AS n",
    'DELETE FROM customers',
  ],
];

export const MIGRATIONS: readonly Migration[] = STATEMENTS.map(([title, up, down], at) => {
  const name = `000${at + 1}_${title}`;
  const texts = { name, phase: 'expand' as const, up, down };
  return { ...texts, isTransactional: true, checksum: checksumOf(texts) };
});
