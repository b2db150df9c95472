export const rulesViews = ['rules', 'diff', 'published'] as const;
export type RulesView = (typeof rulesViews)[number];

/** The part of the page that an address asks for; anything unknown is the rules themselves. */
export function readRulesView(search: Record<string, unknown>): { view?: RulesView } {
  const view = rulesViews.find((one) => one === search['view']);
  return view && view !== 'rules' ? { view } : {};
}
