import { z } from 'zod';

/** How long the log keeps what changes did. */
export const historyVariables = {
  GREY_HISTORY_DAYS: z.coerce.number('must be a whole number').int().min(0).max(36_500).default(0).meta({
    description:
      'Days that the log keeps what a change did; 0: for ever. Afterwards who, when, why and the hashes stay, so that the chain can still be verified; states before that, and reverts, can no longer be had.',
  }),
};
