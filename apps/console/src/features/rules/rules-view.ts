export const rulesViews = ['rules', 'diff', 'published'] as const;
export type RulesView = (typeof rulesViews)[number];

export interface RulesSearch {
  readonly view?: RulesView;
  /** A rule that the link leads to. */
  readonly rule?: string;
}

/** What an address asks to see; an unknown view is the rules themselves. */
export function readRulesView(search: Record<string, unknown>): RulesSearch {
  const view = rulesViews.find((one) => one === search['view']);
  const rule = search['rule'];
  return {
    ...(view && view !== 'rules' ? { view } : {}),
    // An id of digits alone is a number to the router.
    ...(typeof rule === 'string' || typeof rule === 'number' ? { rule: String(rule) } : {}),
  };
}
