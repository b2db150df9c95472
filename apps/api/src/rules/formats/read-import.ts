import type { Imported, ImportRequest } from './imported.ts';
import { importRouterYaml, importRoutingRules } from './routing-rules.ts';
import { importRuleRows } from './rule-rows.ts';

const readers = {
  routing_rules_json: importRoutingRules,
  router_yaml: importRouterYaml,
  rule_rows: importRuleRows,
} as const satisfies Record<string, (request: ImportRequest) => Imported>;

export type ImportFormat = keyof typeof readers;

/** Reads a foreign text. Time may grow with the square of its length. @throws ApiError IMPORT_INVALID */
export function readImport(format: ImportFormat, request: ImportRequest): Imported {
  return readers[format](request);
}
