import { type ErrorCode, errorCodes } from '@grey/contracts';
import type { Decision, InstanceRecord, RefusedDecision, RoutedDecision } from '@grey/route-core';

/** The part of an answer that only depends on the instance; instances are immutable and live for many requests. */
const heads = new WeakMap<InstanceRecord, string>();

/** A routed decision as the JSON of the contract's RouteResponse. Put together by hand: it is most of what /route does. */
export function encodeRouted(decision: RoutedDecision, timestamp: string): string {
  const { instance, bucket, holds, fallback } = decision;
  let head = heads.get(instance);
  if (head === undefined) {
    head =
      `{"instance":${JSON.stringify(instance.address)},"instanceId":${JSON.stringify(instance.instanceId)},` +
      `"version":${JSON.stringify(instance.version)},"serviceName":${JSON.stringify(instance.serviceId)},"tenantId":"`;
    heads.set(instance, head);
  }
  // tenantId fits the name pattern, reason is a constant, the epoch is ours: none of them needs escaping.
  return (
    `${head}${decision.tenantId}","reason":"${decision.reason}","bucket":${bucket},` +
    `"holds":${holds.length === 0 ? '[]' : JSON.stringify(holds)},` +
    `"fallback":${fallback === null ? 'null' : JSON.stringify(fallback)},` +
    `"isDegraded":${decision.isDegraded},"epoch":"${decision.epoch}","revision":${decision.revision},` +
    `"timestamp":"${timestamp}"}`
  );
}

/** A decision as one entry of a batch or an explanation: RouteResponse or RouteFailure. */
export function encodeDecision(decision: Decision, timestamp: string): string {
  return decision.ok ? encodeRouted(decision, timestamp) : encodeFailure(decision.code, detailOf(decision));
}

export function encodeFailure(code: ErrorCode, detail?: string): string {
  return JSON.stringify({ code, title: errorCodes[code].title, ...(detail === undefined ? {} : { detail }) });
}

/** One sentence on what was refused, with the names that the caller sent. */
export function detailOf(decision: RefusedDecision): string {
  const { tenantId, serviceName, version } = decision;
  switch (decision.code) {
    case 'TENANT_UNKNOWN':
      return `Tenant ${tenantId} is not known, and ${serviceName} rejects unknown tenants.`;
    case 'TENANT_INACTIVE':
      return `Tenant ${tenantId} is suspended.`;
    case 'SERVICE_UNKNOWN':
      return `Service ${serviceName} is not known.`;
    case 'VERSION_UNDEFINED':
      return `Tenant ${tenantId} has no version of ${serviceName}, and the service has no default.`;
    case 'NO_INSTANCE':
      return `No usable instance of ${serviceName}${version === undefined ? '' : ` ${version}`} is left.`;
    case 'SCHEMA_MISMATCH':
      return `The schema of tenant ${tenantId} lies outside what ${serviceName}${version === undefined ? '' : ` ${version}`} works with.`;
  }
}
