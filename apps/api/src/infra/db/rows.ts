/** Rows as Prisma reads them, for the functions that turn them into the words of the API. */
export type {
  Assignment as AssignmentRow,
  Service as ServiceRow,
  Version as VersionRow,
} from '../../../generated/client.ts';
