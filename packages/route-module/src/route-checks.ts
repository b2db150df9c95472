import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorCodes } from '@grey/contracts';
import type { Snapshot } from '@grey/route-core';
import type { RouteCaller } from './caller.ts';
import type { Checked } from './check-request.ts';
import { sendProblem } from './problem.ts';
import type { RouteContext } from './route-context.ts';

/** The value, or undefined after the faults have been answered. */
export function check<T>(
  context: RouteContext,
  req: IncomingMessage,
  res: ServerResponse,
  checked: Checked<T>,
): T | undefined {
  if (checked.ok) return checked.value;
  context.metrics.rejected(errorCodes.VALIDATION_FAILED.status);
  const detail = checked.errors
    .slice(0, 3)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ');
  sendProblem(req, res, 'VALIDATION_FAILED', { detail, errors: checked.errors });
  return undefined;
}

export function mayActFor(caller: RouteCaller, tenantId: string): boolean {
  return caller.tenantIds === null || caller.tenantIds.has(tenantId);
}

export function forbid(context: RouteContext, req: IncomingMessage, res: ServerResponse, tenantId: string): void {
  context.metrics.rejected(errorCodes.TENANT_FORBIDDEN.status);
  sendProblem(req, res, 'TENANT_FORBIDDEN', { detail: forbiddenDetail(tenantId) });
}

export function forbiddenDetail(tenantId: string): string {
  return `The caller may not act for tenant ${tenantId}.`;
}

/** The snapshot, or undefined after its absence has been answered. */
export function findSnapshot(context: RouteContext, req: IncomingMessage, res: ServerResponse): Snapshot | undefined {
  const snapshot = context.getSnapshot();
  if (snapshot !== undefined) return snapshot;
  context.metrics.rejected(errorCodes.SNAPSHOT_MISSING.status);
  sendProblem(req, res, 'SNAPSHOT_MISSING');
  return undefined;
}
