export const requestOutcomes = [
  'tag_trusted',
  'tag_verified',
  'tag_stripped',
  'position_asked',
  'position_malformed',
  'position_missed',
  'token_verified',
  'token_refused',
  'client_ip_found',
  'client_ip_missing',
] as const;

/** What was believed of a request, and what not. */
export type RequestOutcome = (typeof requestOutcomes)[number];

/** Told by explain as a step `request`, and counted. */
export interface RequestNote {
  readonly outcome: RequestOutcome;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}
