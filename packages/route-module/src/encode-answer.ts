import { type ErrorCode, errorCodes } from '@grey/contracts';
import type { Decision, InstanceRecord, RefusedDecision, RoutedDecision } from '@grey/route-core';

/** The part of an answer that only depends on the instance; instances are immutable and live for many requests. */
const heads = new WeakMap<InstanceRecord, string>();

/** What comes after the reason when nothing out of the ordinary happened. */
const PLAIN = '","bucket":null,"holds":[],"fallback":null,"isDegraded":false';

/** The end of an answer: the same for all answers of a snapshot within a millisecond. */
let end = { epoch: '', revision: -1, timestamp: '', text: '' };

/**
 * A routed decision as the JSON of the contract's RouteResponse, in ASCII, so that its length in bytes needs no counting.
 * Put together by hand: it is most of what /route does.
 */
export function encodeRouted(decision: RoutedDecision, timestamp: string): string {
  const { instance, bucket, holds, fallback, epoch, revision } = decision;
  let head = heads.get(instance);
  if (head === undefined) {
    const { address, instanceId, version, serviceId } = instance;
    const text = JSON.stringify({ instance: address, instanceId, version, serviceName: serviceId, tenantId: '' });
    // Through bytes, so that it is one piece of memory and no view of another string.
    head = Buffer.from(escapeBeyondAscii(text.slice(0, -2))).toString();
    heads.set(instance, head);
  }
  if (end.timestamp !== timestamp || end.revision !== revision || end.epoch !== epoch) {
    end = {
      epoch,
      revision,
      timestamp,
      text: `,"epoch":"${epoch}","revision":${revision},"timestamp":"${timestamp}"}`,
    };
  }
  const isPlain = bucket === null && holds.length === 0 && fallback === null && !decision.isDegraded;
  const middle = isPlain
    ? PLAIN
    : `","bucket":${bucket},"holds":${JSON.stringify(holds)},"fallback":${JSON.stringify(fallback)},"isDegraded":${decision.isDegraded}`;
  // tenantId and versions fit their patterns, reason is a constant, the epoch is ours: none of them needs escaping.
  return `${head}${decision.tenantId}","reason":"${decision.reason}${middle}${end.text}`;
}

/** Names and addresses are ASCII by their patterns; a registry that lets others through must not break the length of answers. */
function escapeBeyondAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
