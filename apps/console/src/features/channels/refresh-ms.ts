/** Deliveries are no news on the stream of changes, so a page that shows them asks again after this time. */
export const refreshMs = 5_000;
