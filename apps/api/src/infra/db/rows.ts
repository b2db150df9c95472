/** Rows as Prisma reads them, for the functions that turn them into the words of the API. */
export type {
  Assignment as AssignmentRow,
  Experiment as ExperimentRow,
  Lane as LaneRow,
  RuleDraft as RuleDraftRow,
  RuleSet as RuleSetRow,
  Service as ServiceRow,
  Tenant as TenantRow,
  Version as VersionRow,
} from '../../../generated/client.ts';
