import { z } from 'zod';

const wholeNumber = z.coerce.number('must be a whole number').int();

/** How upgrades of tenants are worked on. */
export const upgradeVariables = {
  GREY_UPGRADE_CONCURRENCY: wholeNumber.min(0).max(100).default(5).meta({
    description:
      'Upgrades that are worked on at a time, over all replicas that share a database; the same on each. 0: this replica works on none.',
  }),
  GREY_UPGRADE_SERVER_CONCURRENCY: wholeNumber.min(1).max(100).default(5).meta({
    description: 'Of those, on one server of tenant databases at a time. Lower it where upgrades slow tenants down.',
  }),
  GREY_UPGRADE_TIMEOUT_MS: wholeNumber.min(1_000).max(86_400_000).default(300_000).meta({
    description:
      'How long one run of migrations for a tenant may take; then it is taken back, which may take as long again.',
  }),
  GREY_UPGRADE_STATEMENT_TIMEOUT_MS: wholeNumber
    .min(100)
    .max(86_400_000)
    .default(60_000)
    .meta({ description: 'How long one statement of a migration may take.' }),
};
