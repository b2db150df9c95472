export const importFormats = ['routing_rules_json', 'router_yaml', 'rule_rows'] as const;

/** The format that a pasted text looks like; undefined when it could be any. */
export function guessFormat(text: string): (typeof importFormats)[number] | undefined {
  if (/"match_type"|"headers_match"|"upstream"/.test(text)) return 'rule_rows';
  if (/"routing_rules"|"conditions"/.test(text)) return 'routing_rules_json';
  if (/^\s*[\w-]+:\s/m.test(text) && !/^\s*[[{]/.test(text)) return 'router_yaml';
  return undefined;
}
