import { requestMetadataSchema } from '@grey/contracts';
import { expect, it } from 'vitest';
import { HAS_UNKNOWN, moveUnknown, NEEDS_JUDGING, type RouteMetadata, scanMetadata } from './scan-metadata.ts';

const routeMetadata = (value: unknown) => requestMetadataSchema.parse(value);

it('moves unknown keys under attributes, where one given by name wins', () => {
  const metadata = routeMetadata({ userId: 'u', plan: 'gold', size: 3, attributes: { plan: 'silver' } });
  expect(scanMetadata(metadata)).toBe(HAS_UNKNOWN);
  expect(moveUnknown(metadata)).toEqual({ userId: 'u', attributes: { plan: 'silver', size: 3 } });
});

it('finds nothing to do for what nobody can abuse', () => {
  const metadata = { userId: 'u', sessionId: 's', cookies: {}, query: {}, path: '/', method: 'GET', region: 'eu' };
  expect(scanMetadata(routeMetadata({ ...metadata, attributes: { a: 1 } }))).toBe(0);
});

it('takes a key named __proto__ for a plain attribute', () => {
  const metadata = JSON.parse('{"__proto__":"x"}');
  const moved = moveUnknown(metadata);
  expect(Object.keys(moved.attributes as object)).toEqual(['__proto__']);
});

it('knows every key of the contract', () => {
  for (const key of Object.keys(requestMetadataSchema.shape)) {
    const found = scanMetadata({ [key]: 'x' } as RouteMetadata);
    expect(found & HAS_UNKNOWN, key).toBe(0);
    expect(moveUnknown({ [key]: 'x', own: 1 } as RouteMetadata), key).toMatchObject(
      key === 'attributes' ? {} : { [key]: 'x' },
    );
  }
  expect(scanMetadata({ headers: {} } as RouteMetadata)).toBe(NEEDS_JUDGING);
});
