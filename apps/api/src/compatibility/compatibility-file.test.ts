import { expect, test } from 'vitest';
import { readCompatibilityFile, writeCompatibilityFile } from './compatibility-file.ts';

const reference = `
compatibility_matrix:
  user-service:
    v1.0:
      compatible_with: ["v1.0", "v1.1"]
      breaking_changes: false
    v2.0:
      compatible_with: ["v2.0"]
      breaking_changes: true
      migration_required: true
`;

test('the form of the reference is read, and written in the same words', () => {
  const read = readCompatibilityFile(reference).services;
  expect(read).toEqual([
    {
      serviceId: 'user-service',
      versions: [
        {
          version: 'v1.0',
          compatibleWith: ['v1.0', 'v1.1'],
          breakingChanges: false,
          migrationRequired: false,
          requires: [],
        },
        {
          version: 'v2.0',
          compatibleWith: ['v2.0'],
          breakingChanges: true,
          migrationRequired: true,
          requires: [],
        },
      ],
    },
  ]);
  const written = writeCompatibilityFile(read);
  expect(written.match(/compatible_with|breaking_changes|migration_required/g)).toHaveLength(5);
  expect(readCompatibilityFile(written).services).toEqual(read);
});

test('requirements and labels that look like numbers come back as they were', () => {
  const services = [
    {
      serviceId: 'shop',
      versions: [
        {
          version: '1.10',
          compatibleWith: null,
          breakingChanges: false,
          migrationRequired: false,
          requires: [
            { serviceId: 'pay', range: '>=2.1 <3 || 4' },
            { serviceId: 'stock', range: ['1.0', '1e3', 'true'] },
          ],
        },
        { version: '2', compatibleWith: [], breakingChanges: true, migrationRequired: false, requires: [] },
      ],
    },
  ];
  const text = writeCompatibilityFile(services);
  expect(text).toContain('"1.10":');
  expect(
    readCompatibilityFile(text).services[0]?.versions.toSorted((a, b) => a.version.localeCompare(b.version)),
  ).toEqual(services[0]?.versions);
});

test('a fault that is found later is told with its line', () => {
  const { locate } = readCompatibilityFile(`${reference}      requires:\n        pay: newest\n`);
  expect(locate('user-service', { path: '[1].requires[0].range', message: 'is no range' })).toEqual({
    path: 'content.compatibility_matrix.user-service.v2.0.requires.pay',
    message: 'line 12: is no range',
  });
  expect(locate('user-service', { path: '', message: 'is unknown' })).toEqual({
    path: 'content.compatibility_matrix.user-service',
    message: 'line 3: is unknown',
  });
});

test.each([
  ['a: 1', 'content'],
  [
    'compatibility_matrix: { shop: { v1: { breaking_changes: maybe } } }',
    'content.compatibility_matrix.shop.v1.breakingChanges',
  ],
  ['compatibility_matrix: { shop: { v1: { compatible: [v1] } } }', 'content.compatibility_matrix.shop.v1'],
  ['compatibility_matrix: { shop: { v1: { requires: [pay] } } }', 'content.compatibility_matrix.shop.v1.requires.0'],
  ['compatibility_matrix: { shop: { v1: {}, v1: {} } }', 'content'],
  ['{', 'content'],
])('%s is refused with its place', (content, path) => {
  try {
    readCompatibilityFile(content);
  } catch (error) {
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', extra: { errors: [{ path }] } });
    return;
  }
  expect.unreachable();
});
