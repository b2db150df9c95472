/** Names the lock under which a backup is written back: no other restore and no upgrade of the cell begins meanwhile. */
export function restoreLockOf({
  tenantId,
  serviceId,
}: {
  readonly tenantId: string;
  readonly serviceId: string;
}): string {
  return `restore ${tenantId}/${serviceId}`;
}
