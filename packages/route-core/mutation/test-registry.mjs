import { format } from 'node:util';

/**
 * Stands in for vitest's `describe` and `it` in the mutation run: tests are only written down, for the runner to call as often
 * as it needs them.
 */
export const registered = [];

/** vitest's own, which the runner hands over: `vitest` leads here, so this file cannot ask for it. */
export let expect;

export function useExpect(given) {
  expect = given;
}

const open = [];

const bodyOf = (rest) => rest.find((one) => typeof one === 'function');

function describe(name, ...rest) {
  open.push(name);
  bodyOf(rest)();
  open.pop();
}

function it(name, ...rest) {
  registered.push({ title: [...open, name].join(' > '), run: bodyOf(rest) });
}

/** As vitest: `$name` from an object, printf for the rest, rows that are lists as several arguments. */
const eachOf =
  (declare) =>
  (rows) =>
  (title, ...rest) => {
    const body = bodyOf(rest);
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row];
      const named = title.replaceAll(/\$(\w+)/g, (_, key) => String(values[0]?.[key]));
      const places = named.match(/%[sdifjoO]/g)?.length ?? 0;
      const name = format(named, ...values.slice(0, places)).replaceAll(/\s+/g, ' ');
      declare(name.slice(0, 160), () => body(...values));
    }
  };

describe.each = eachOf(describe);
it.each = eachOf(it);

const vi = { setConfig: () => undefined };

export { describe, it, it as test, vi };
