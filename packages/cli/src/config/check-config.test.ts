import { describe, expect, test } from 'vitest';
import { checkConfig } from './check-config.ts';
import { readConfig } from './read-config-file.ts';

const check = (text: string) => {
  const read = readConfig(`format: grey/1\n${text}`);
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return checkConfig(read.config).map(({ severity, code, path }) => `${severity} ${code} ${path}`);
};
const faults = (text: string) => {
  const read = readConfig(text);
  return 'faults' in read ? read.faults.map(({ path }) => path) : [];
};

describe('a file that cannot be read as a configuration', () => {
  test('says where: line and column, or the path of the field', () => {
    expect(faults('format: grey/1\nservices: [')).toEqual(['line 2, column 12']);
    expect(faults('format: grey/2')).toEqual(['format']);
    expect(faults('format: grey/1\nservices:\n  - id: "-"')).toEqual(['services[0].id']);
    expect(faults('format: grey/1\nservices:\n  - id: a\n    color: red')).toEqual(['services[0]']);
    expect(faults('format: grey/1\nservices:\n  - id: a\n  - id: a')).toEqual(['services']);
    expect(faults('format: grey/1\nassignments:\n  acorn:\n    orders: 1.0')).toEqual(['assignments.acorn.orders']);
    expect(faults('')).toEqual(['file']);
  });

  test('says which key comes twice, at any depth', () => {
    expect(faults('format: grey/1\nformat: grey/1')).toEqual(['line 2, column 1']);
    expect(faults('format: grey/1\nassignments: { acorn: { a: v1, b: v1, "a": v2 } }')).toEqual(['line 2, column 39']);
    expect(faults('{"format": "grey/1", "lanes": [{"tag": "x", "tag": "y"}]}')).toEqual(['line 1, column 45']);
  });

  test('may not be a heap of aliases', () => {
    const lines = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]`,
    );
    expect(faults(lines.join('\n'))).toEqual(['file']);
  });
});

describe('compatibility in a file', () => {
  test('names versions that there are, retired ones too, and ranges that can be read', () => {
    const found = check(`services:
  - id: pay
    versions: [{version: v1}, {version: v0, status: retired}]
    compatibility:
      - {version: v0, compatibleWith: [v1, v9], requires: [{serviceId: shop, range: "=>1"}, {serviceId: pay, range: [v8]}]}`);
    expect(found).toEqual([
      'error VERSION_UNKNOWN services[pay].compatibility[v0]',
      'error RANGE_INVALID services[pay].compatibility[v0].requires[shop].range',
      'error VERSION_UNKNOWN services[pay].compatibility[v0].requires[pay]',
    ]);
  });
});

describe('a configuration', () => {
  const versions = 'versions: [{version: v1}, {version: v0, status: retired}]';

  test('names only versions that it has', () => {
    expect(
      check(`services: [{id: orders, ${versions}, defaultVersions: [{version: v9, weight: 10000}], fallback: version}]
lanes: [{tag: summer, versions: [{serviceId: orders, version: v0}, {serviceId: gone, version: v1}]}]
assignments: {acorn: {orders: v8}}`),
    ).toEqual([
      'error VERSION_UNKNOWN services[orders].defaultVersions[v9]',
      'error FALLBACK_VERSION_MISSING services[orders].fallbackVersion',
      'error VERSION_RETIRED lanes[summer].versions[orders]',
      'warning SERVICE_NOT_IN_FILE lanes[summer].versions[gone]',
      'error VERSION_UNKNOWN assignments.acorn.orders',
    ]);
  });

  test('has rules that the engine can use', () => {
    const rules = `rules: {rules: [
      {id: all, name: All, target: {kind: version, version: v1}},
      {id: never, name: Never, when: {op: equals, operand: {from: user}, value: u}, priority: -1, target: {kind: version, version: v9}},
      {id: cel, name: Cel, when: {op: cel, expression: 'header.'}, target: {kind: lane, tag: nowhere}}]}`;
    const found = check(`services: [{id: orders, ${versions}, ${rules}}]\nlanes: []`);
    expect(found).toContain('error VERSION_UNKNOWN services[orders].rules.rules[1].target.version');
    expect(found).toContain('error LANE_UNKNOWN services[orders].rules.rules[2].target.tag');
    expect(found.some((one) => one.startsWith('error CONDITION_INVALID services[orders].rules.rules[2].when'))).toBe(
      true,
    );
    // Of what the file does not list nothing is said.
    const silent = check(`services: [{id: orders, ${rules}}]`);
    expect(silent.filter((one) => /_UNKNOWN/.test(one))).toEqual([]);
  });

  test('has conditions that can be read everywhere', () => {
    const broken = '{op: matches, operand: {from: path}, pattern: "("}';
    expect(
      check(`services: [{id: orders, versions: [{version: v1, flags: [{name: f, value: 1, rules: [{when: ${broken}, value: 2}]}]}]}]
lanes: [{tag: summer, versions: [], entry: {when: ${broken}}}]`).map((one) => one.split(' ')[1]),
    ).toEqual(['CONDITION_INVALID', 'CONDITION_INVALID']);
  });
});
