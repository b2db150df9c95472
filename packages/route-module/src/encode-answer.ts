import { type ErrorCode, errorCodes } from '@grey/contracts';
import type { Decision, InstanceRecord, RefusedDecision, RoutedDecision, Scalar } from '@grey/route-core';

/** The part of an answer that only depends on the instance; instances are immutable and live for many requests. */
const heads = new WeakMap<InstanceRecord, string>();

/** What comes after the reason when nothing out of the ordinary happened. */
const PLAIN =
  '","bucket":null,"rule":null,"experiment":null,"lane":null,"mirror":null,"flags":null,"holds":[],"fallback":null,"isDegraded":false,"isRevisionMissed":false';

/** Most requests for a version get the very same object of flags. */
const flagTexts = new WeakMap<Readonly<Record<string, Scalar>>, string>();

/** The end of an answer: the same for all answers of a snapshot within a millisecond. */
let end = { epoch: '', revision: -1, timestamp: '', text: '' };

/**
 * A routed decision as the JSON of the contract's RouteResponse, in ASCII, so that its length in bytes needs no counting.
 * Put together by hand: it is most of what /route does.
 */
export function encodeRouted(decision: RoutedDecision, timestamp: string): string {
  const { instance, epoch, revision } = decision;
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
  const middle = isPlain(decision) ? PLAIN : encodeMiddle(decision);
  // tenantId and versions fit their patterns, reason is a constant, the epoch is ours: none of them needs escaping.
  return `${head}${decision.tenantId}","reason":"${decision.reason}${middle}${end.text}`;
}

function isPlain(decision: RoutedDecision): boolean {
  return (
    decision.rule === null &&
    decision.bucket === null &&
    decision.flags === null &&
    decision.lane === null &&
    decision.experiment === null &&
    decision.mirror === null &&
    decision.fallback === null &&
    decision.holds.length === 0 &&
    !decision.isDegraded &&
    !decision.isRevisionMissed
  );
}

/** Field by field: to stringify an object takes several times as long, and rules decide half of all requests. */
function encodeMiddle(decision: RoutedDecision): string {
  const { bucket, rule, experiment, lane, mirror, flags, holds, fallback, isDegraded, isRevisionMissed } = decision;
  const mirrorText = mirror === null ? 'null' : encode(tellMirror(mirror));
  const chosen = `"bucket":${bucket},"rule":${encode(rule)},"experiment":${encode(experiment)},"lane":${encode(lane)}`;
  const added = `"mirror":${mirrorText},"flags":${flags === null ? 'null' : encodeFlags(flags)}`;
  const after = `"holds":${holds.length === 0 ? '[]' : encode(holds)},"fallback":${encode(fallback)}`;
  return `",${chosen},${added},${after},"isDegraded":${isDegraded},"isRevisionMissed":${isRevisionMissed}`;
}

function encode(value: object | string | null): string {
  return value === null ? 'null' : escapeBeyondAscii(JSON.stringify(value));
}

function tellMirror({ version, instance }: NonNullable<RoutedDecision['mirror']>) {
  return { version, instance: instance.address, instanceId: instance.instanceId };
}

function encodeFlags(flags: Readonly<Record<string, Scalar>>): string {
  let text = flagTexts.get(flags);
  if (text === undefined) {
    text = encode(flags);
    flagTexts.set(flags, text);
  }
  return text;
}

/** Names and addresses are ASCII by their patterns; a registry that lets others through must not break the length of answers. */
function escapeBeyondAscii(json: string): string {
  if (!/[\u0080-\uffff]/.test(json)) return json;
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
    case 'LANE_NOT_SERVED':
      return `The lane that the call is in is strict and names no version of ${serviceName}.`;
    case 'SCHEMA_UNCERTAIN':
      return `The schema of tenant ${tenantId} for ${serviceName} may be changing, and this router is cut off from where it would hear of it.`;
    case 'SCHEMA_MISMATCH':
      return `The schema of tenant ${tenantId} lies outside what ${serviceName}${version === undefined ? '' : ` ${version}`} works with.`;
  }
}
