import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeOpenapi } from './openapi.ts';
import { operationList } from './operations.ts';

type Json = Record<string, unknown>;
const document = makeOpenapi('1') as {
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json> };
};

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : referencesIn(inner)));
}

describe('openapi.json', () => {
  it('is committed as the table generates it', () => {
    const committed = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
    expect(committed).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('refers only to components that it holds', () => {
    for (const reference of referencesIn(document)) {
      expect(reference.startsWith('#/components/schemas/')).toBe(true);
      expect(document.components.schemas).toHaveProperty([reference.slice('#/components/schemas/'.length)]);
    }
  });

  it('holds every operation with its permission, and a problem for every error', () => {
    for (const operation of operationList) {
      const entry = document.paths[operation.path]?.[operation.method.toLowerCase()];
      expect(entry).toMatchObject({ operationId: operation.id, 'x-permission': operation.permission });
      for (const [status, response] of Object.entries(entry?.responses as Record<string, { content?: Json }>))
        if (Number(status) >= 400) expect(Object.keys(response.content ?? {})).toEqual(['application/problem+json']);
    }
  });

  it('names an operation without a permission as open, and no other', () => {
    for (const operation of operationList) {
      const entry = document.paths[operation.path]?.[operation.method.toLowerCase()];
      expect('security' in (entry ?? {})).toBe(operation.permission === 'public');
    }
  });
});
