import { requestMetadataSchema } from '@grey/contracts';
import { expect, it } from 'vitest';
import { normalizeMetadata } from './normalize-metadata.ts';

const routeMetadata = (value: unknown) => requestMetadataSchema.parse(value);

it('moves unknown keys under attributes, where one given by name wins', () => {
  const metadata = routeMetadata({ userId: 'u', plan: 'gold', size: 3, attributes: { plan: 'silver' } });
  expect(normalizeMetadata(metadata)).toEqual({ userId: 'u', attributes: { plan: 'silver', size: 3 } });
});

it('leaves metadata of known keys as it is', () => {
  const metadata = routeMetadata({ userId: 'u', headers: { a: 'b' } });
  expect(normalizeMetadata(metadata)).toBe(metadata);
  expect(normalizeMetadata(undefined)).toBeUndefined();
});

it('takes a key named __proto__ for a plain attribute', () => {
  const metadata = JSON.parse('{"__proto__":"x"}');
  const normalized = normalizeMetadata(metadata);
  expect(Object.keys(normalized?.attributes as object)).toEqual(['__proto__']);
});
