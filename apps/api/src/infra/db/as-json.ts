import type { Prisma } from '../../../generated/client.ts';

/** A record on its way into a JSON column: Prisma's own type does not know interfaces. */
export function asJson(record: object): Prisma.InputJsonValue {
  return record as unknown as Prisma.InputJsonValue;
}
