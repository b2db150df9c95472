import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  type CelInput,
  celUint,
  isCelError,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
  parse,
  plan,
} from '@bufbuild/cel';
import { describe, expect, it } from 'vitest';
import { environment } from './cel-environment.ts';

/** A value as the specification's test data writes it (cel.expr.Value as JSON). */
type Value = Record<string, unknown>;
interface Test {
  readonly name?: string;
  readonly expr: string;
  readonly value?: Value;
  readonly evalError?: unknown;
  readonly bindings?: Record<string, { value: Value }>;
  readonly container?: string;
  readonly disableMacros?: boolean;
}
interface Suite {
  readonly name: string;
  readonly suites?: Suite[];
  readonly tests?: { original: Test }[];
}

/** The sections about the language itself; the others are about protobuf messages and extensions. */
const CORE = new Set(
  'basic comparisons conversions fields fp_math integer_math lists logic macros parse plumbing string timestamps'.split(
    ' ',
  ),
);
/** Messages, which requests do not hold. */
const MESSAGES = /objectValue|TestAllTypes|google\.protobuf|cel\.expr|GlobalEnum|NullValue/;

/** Where the library answers otherwise than the specification; of what requests are asked, nothing is among them. */
const KNOWN_DIFFERENCES: readonly RegExp[] = [
  // Names in backticks, a late addition, are no syntax to it.
  /^fields\/quoted_map_fields: /,
  // {0: 1, 0u: 2} has one key twice, which it lets pass.
  /: map_value_repeat_key_heterogeneous /,
];

// The specification's own cases come with the library; they are no dependency of ours by name.
const library = createRequire(import.meta.resolve('@bufbuild/cel'));
const url = pathToFileURL(library.resolve('@bufbuild/cel-spec/testdata/conformance.js').replace('/cjs/', '/esm/')).href;
const { tests } = (await import(url)) as { tests: Suite };

function allOf(suite: Suite, path: string): { title: string; test: Test }[] {
  const own = (suite.tests ?? []).map(({ original }, i) => ({
    title: `${path}: ${original.name ?? i} ${original.expr}`,
    test: original,
  }));
  return [...own, ...(suite.suites ?? []).flatMap((inner) => allOf(inner, `${path}/${inner.name}`))];
}

function isOurs({ expr, value, bindings, container, disableMacros }: Test): boolean {
  return container === undefined && !disableMacros && !MESSAGES.test(JSON.stringify([expr, value, bindings]));
}

/** A type, of which only the name counts. */
class TypeName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What a binding or an expected value is worth. */
function input(value: Value): CelInput {
  const [[kind, given]] = Object.entries(value) as [[string, never]];
  switch (kind) {
    case 'int64Value':
      return BigInt(given);
    case 'uint64Value':
      return celUint(BigInt(given));
    case 'doubleValue':
      return Number(given);
    case 'nullValue':
      return null;
    case 'typeValue':
      return new TypeName(given) as unknown as CelInput;
    case 'bytesValue':
      return Uint8Array.from(Buffer.from(given, 'base64'));
    case 'listValue':
      return ((given as { values?: Value[] }).values ?? []).map(input);
    case 'mapValue':
      return new Map(
        ((given as { entries?: { key: Value; value: Value }[] }).entries ?? []).map(({ key, value: held }) => [
          input(key) as string,
          input(held),
        ]),
      );
    default:
      return given;
  }
}

/** A result in a form that can be compared: kinds apart, maps without order. */
function shown(value: unknown): unknown {
  if (value instanceof TypeName) return { type: value.name };
  if (isCelUint(value)) return { uint: String(value.value) };
  if (Array.isArray(value) || isCelList(value)) return [...value].map(shown);
  if (value instanceof Map || isCelMap(value))
    return { map: [...value].map(([key, held]) => JSON.stringify([shown(key), shown(held)])).sort() };
  if (isCelType(value)) return { type: value.name };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (typeof value === 'bigint') return { int: String(value) };
  return typeof value === 'number' ? { double: String(value) } : value;
}

function answer({ expr, bindings }: Test): unknown {
  let evaluate: (bindings: Record<string, CelInput>) => unknown;
  try {
    evaluate = plan(environment, parse(expr).expr) as typeof evaluate;
  } catch (error) {
    return { failed: String(error) };
  }
  const given = Object.entries(bindings ?? {}).map(([name, { value }]) => [name, input(value)]);
  const value = evaluate(Object.fromEntries(given));
  return isCelError(value) ? { failed: value.message } : value;
}

for (const suite of tests.suites ?? []) {
  if (!CORE.has(suite.name)) continue;
  describe(`CEL specification: ${suite.name}`, () => {
    const cases = allOf(suite, suite.name).filter(({ test }) => isOurs(test));
    it.each(cases)('$title', ({ title, test }) => {
      const result = answer(test);
      const expected =
        test.evalError === undefined
          ? shown(test.value === undefined ? true : input(test.value))
          : { failed: expect.any(String) };
      if (KNOWN_DIFFERENCES.some((known) => known.test(title))) expect(shown(result)).not.toEqual(expected);
      else expect(shown(result)).toEqual(expected);
    });
  });
}

it('most of the core is put to the evaluator', () => {
  const all = (tests.suites ?? []).filter((suite) => CORE.has(suite.name)).flatMap((suite) => allOf(suite, suite.name));
  expect(all.filter(({ test }) => isOurs(test)).length).toBeGreaterThan(1000);
});
