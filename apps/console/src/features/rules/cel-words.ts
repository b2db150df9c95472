import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';

/** Variables that hold values by name. */
export const celMaps = ['header', 'cookie', 'query', 'claims', 'attributes'] as const;
/** Variables that are one text. */
export const celTexts = ['path', 'method', 'user', 'session', 'tenant', 'token', 'clientIp', 'region', 'tag'] as const;
/** Functions and methods, as they are written; `|` is where the cursor goes. */
export const celCalls = {
  has: 'has(|)',
  semver: "semver(|, '>=2.0.0')",
  inCidr: "inCidr(clientIp, '|')",
  percentage: "percentage(user, 10.0, '|')",
  random: 'random() < |',
  now: 'now()',
  weekday: 'weekday()',
  minuteOfDay: 'minuteOfDay()',
  number: 'number(|)',
  wholeNumber: 'wholeNumber(|)',
  size: 'size(|)',
} as const;
export const celMethods = {
  startsWith: "startsWith('|')",
  endsWith: "endsWith('|')",
  contains: "contains('|')",
  matches: "matches('|')",
  get: "get('|')",
} as const;

type Apply = NonNullable<Completion['apply']>;

/** Names that may stand here: of headers within `header[…]`, of methods after a dot, else of variables and functions. */
export function completeCel(context: CompletionContext, headerNames: readonly string[]): CompletionResult | null {
  const header = context.matchBefore(/\bheaders?\s*\[\s*['"][\w-]*|\bheaders?\.get\(\s*['"][\w-]*/);
  if (header) {
    const from = header.from + header.text.search(/[\w-]*$/);
    return { from, options: headerNames.map((label) => ({ label, type: 'constant' })), validFor: /^[\w-]*$/ };
  }
  const method = context.matchBefore(/\.\w*/);
  if (method) return { from: method.from + 1, options: callOptions(celMethods), validFor: /^\w*$/ };
  const word = context.matchBefore(/\w+/);
  if (!word && !context.explicit) return null;
  if (isInText(context.state.sliceDoc(0, context.pos))) return null;
  const options: Completion[] = [
    ...celMaps.map((label) => ({
      label,
      type: 'variable',
      apply: placing(label === 'header' ? "header['|']" : label),
    })),
    ...[...celTexts, 'uid'].map((label) => ({ label, type: 'variable' })),
    ...callOptions(celCalls),
  ];
  return { from: word?.from ?? context.pos, options, validFor: /^\w*$/ };
}

function callOptions(calls: Readonly<Record<string, string>>): Completion[] {
  return Object.entries(calls).map(([label, template]) => ({ label, type: 'function', apply: placing(template) }));
}

function placing(template: string): Apply {
  const at = template.indexOf('|');
  const insert = template.replace('|', '');
  return (view, _completion, from, to) =>
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + (at < 0 ? insert.length : at) },
      userEvent: 'input.complete',
    });
}

/** Whether a text literal is open at the end. */
function isInText(before: string): boolean {
  let open = '';
  for (let at = 0; at < before.length; at++) {
    const character = before[at] ?? '';
    if (open && character === '\\') at++;
    else if (open) open = character === open ? '' : open;
    else if (character === '"' || character === "'") open = character;
  }
  return open !== '';
}
