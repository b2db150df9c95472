import { RULE_LIMIT, type Unit } from '@grey/contracts';
import type { Condition } from '@grey/route-core';
import { parse } from 'yaml';
import { importFault } from './import-fault.ts';
import {
  type Imported,
  type ImportedRule,
  type ImportedTarget,
  type ImportRequest,
  NOTHING_OF_SERVICE,
} from './imported.ts';
import { parseCsv } from './parse-csv.ts';
import { membersOf, numberOf, parseJsonText, textOf } from './parse-text.ts';
import { RuleIds } from './rule-names.ts';
import { both, normalizeWeights, partOf } from './weights.ts';

interface Row {
  readonly id: string | undefined;
  readonly type: 'exact' | 'prefix' | 'regex';
  readonly pattern: string;
  readonly methods: readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly weight: number;
  readonly upstream: string;
  readonly priority: number;
}

/** A request draws anew unless it says who it is; a repetition under the same id comes to the same version. */
const EACH_REQUEST: Unit = { by: 'header', name: 'x-request-id' };

/**
 * Rows of `match_type, pattern, method, headers_match, weight, upstream, priority`, as a JSON list or as CSV. Rows that
 * differ in weight and upstream alone compete: they become one split.
 */
export function importRuleRows(request: ImportRequest): Imported {
  const rows = readRows(request.content);
  const groups = [...Map.groupBy(rows, keyOf).values()];
  if (groups.length > RULE_LIMIT) throw importFault('content', `${groups.length} rules are more than ${RULE_LIMIT}`);
  // Where path and priority are equal, the rule with more conditions decides, then the first: headers before weights.
  groups.sort((a, b) => (b[0]?.headers.length ?? 0) - (a[0]?.headers.length ?? 0));
  const ids = new RuleIds();
  const notes: string[] = ['upstream is read as the version', 'a regex must match the whole path'];
  const rules = groups.map((group, index) => ruleOf(group, `row-${index + 1}`, request, ids, notes));
  return { rules, service: NOTHING_OF_SERVICE, notes };
}

function ruleOf(
  group: readonly Row[],
  otherwise: string,
  { serviceId, sticky }: ImportRequest,
  ids: RuleIds,
  notes: string[],
): ImportedRule {
  const [first] = group as [Row];
  const id = ids.give(first.id === undefined ? '' : `row-${first.id}`, otherwise);
  const name = `${first.type} ${first.pattern}`.slice(0, 120);
  const target = targetOf(group, sticky, name, notes);
  const isNever = group.every((row) => row.weight === 0);
  if (isNever) notes.push(`${name}: weight 0 takes nobody, so the rule is off`);
  let when = conditionOf(first);
  if (group.length === 1 && !isNever && first.weight < 100) {
    when = both(when, partOf(first.weight, sticky, `${serviceId}:${id}`));
    notes.push(
      `${name}: weight ${first.weight} takes ${first.weight} % of the requests; the others go on to the next rule`,
    );
  }
  return {
    id,
    name,
    priority: first.priority,
    ...(isNever ? { isEnabled: false } : {}),
    path: { type: first.type, value: first.pattern },
    ...(first.methods.length === 0 ? {} : { methods: first.methods }),
    ...(when === undefined ? {} : { when }),
    target,
  };
}

function targetOf(group: readonly Row[], sticky: Unit | undefined, name: string, notes: string[]): ImportedTarget {
  const byVersion = new Map<string, number>();
  for (const { upstream, weight } of group) byVersion.set(upstream, (byVersion.get(upstream) ?? 0) + weight);
  const [[version, weight] = ['', 0], ...others] = byVersion;
  if (others.length === 0 || [...byVersion.values()].every((one) => one === 0)) return { kind: 'version', version };
  const weights = [...byVersion.values()];
  const sum = weights.reduce((total, one) => total + one, 0);
  const parts = normalizeWeights(weights);
  const words = weights.join(' : ');
  notes.push(
    `${name}: weights ${words} are one split${sum === 100 ? '' : `, as parts of ${sum}`} by ${sticky === undefined ? 'request' : sticky.by}`,
  );
  const shares = [...byVersion.keys()].map((one, index) => ({ version: one, weight: parts[index] ?? weight }));
  return { kind: 'split', unit: sticky ?? EACH_REQUEST, whenMissing: 'random', shares };
}

function conditionOf({ headers }: Row): Condition | undefined {
  const all: Condition[] = headers.map(([name, value]) => ({ op: 'equals', operand: { from: 'header', name }, value }));
  const [only] = all;
  return all.length > 1 ? { op: 'all', of: all } : only;
}

function keyOf({ type, pattern, methods, headers, priority }: Row): string {
  return JSON.stringify([type, pattern, methods, headers, priority]);
}

function readRows(content: string): Row[] {
  const isJson = /^\s*[[{]/.test(content);
  const document = isJson ? parseJsonText(content) : parseCsv(content);
  const rows = Array.isArray(document) ? document : membersOf(document)?.routing_rules;
  if (!Array.isArray(rows)) throw importFault('content', 'is no list of rows');
  return rows.map((row, index) => readRow(membersOf(row) ?? {}, `content[${index}]`));
}

function readRow(row: Readonly<Record<string, unknown>>, path: string): Row {
  const type = textOf(row.match_type)?.trim().toLowerCase();
  if (type !== 'exact' && type !== 'prefix' && type !== 'regex')
    throw importFault(`${path}.match_type`, 'is not exact, prefix or regex');
  const pattern = textOf(row.pattern);
  if (pattern === undefined) throw importFault(`${path}.pattern`, 'is missing');
  const upstream = textOf(row.upstream)?.trim();
  if (upstream === undefined) throw importFault(`${path}.upstream`, 'is missing');
  const weight = row.weight == null ? 100 : numberOf(row.weight);
  if (weight === undefined || !Number.isInteger(weight) || weight < 0 || weight > 100)
    throw importFault(`${path}.weight`, 'is no whole number from 0 to 100');
  const priority = row.priority == null ? 0 : numberOf(row.priority);
  if (priority === undefined || !Number.isInteger(priority))
    throw importFault(`${path}.priority`, 'is no whole number');
  const methods = readMethods(textOf(row.method) ?? '*');
  const headers = readHeaders(row.headers_match, `${path}.headers_match`);
  return { id: textOf(row.id), type, pattern, methods, headers, weight, upstream, priority };
}

function readMethods(text: string): string[] {
  const words = text
    .toUpperCase()
    .split(/[\s,|]+/)
    .filter((word) => word !== '');
  return words.includes('*') ? [] : [...new Set(words)].sort();
}

/** An object, or text such as `{X-Canary: true}`. */
function readHeaders(value: unknown, path: string): (readonly [string, string])[] {
  if (value == null || value === '') return [];
  const members = membersOf(typeof value === 'string' ? parseHeaderText(value, path) : value);
  if (members === undefined) throw importFault(path, 'is no set of headers');
  const pairs = Object.entries(members).map(([name, wanted]) => {
    const text = textOf(wanted);
    if (text === undefined) throw importFault(`${path}.${name}`, 'is no text');
    return [name.toLowerCase(), text] as const;
  });
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

function parseHeaderText(text: string, path: string): unknown {
  try {
    return parse(text, { schema: 'failsafe', maxAliasCount: 0, logLevel: 'error' });
  } catch {
    throw importFault(path, 'is no set of headers');
  }
}
