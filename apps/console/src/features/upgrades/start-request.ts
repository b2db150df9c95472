import { planUpgrade, startSchemaUpgrade, startUpgrade } from '../../api/generated/grey.ts';
import type {
  GuardOverride,
  UpgradeAccepted,
  UpgradeKind,
  UpgradeOptions,
  UpgradePlan,
} from '../../api/generated/model/index.ts';

export interface StartRequest {
  readonly tenant: string;
  readonly service: string;
  readonly version: string;
  readonly kind: UpgradeKind;
  readonly options: UpgradeOptions;
  readonly override?: GuardOverride;
}

/** What it would do. The schema alone has no operation for that: its dry run answers with the plan instead. */
export async function askPlan(request: StartRequest, signal: AbortSignal): Promise<UpgradePlan> {
  const { tenant, service, version, kind } = request;
  if (kind === 'service')
    return planUpgrade(tenant, service, { toVersion: version, ...furtherOf(request) }, { signal });
  const body = { serviceId: service, version, isDryRun: true, ...furtherOf(request) };
  return (await startSchemaUpgrade(tenant, body, { signal })) as UpgradePlan;
}

/** @param reason empty: none @param keyFor makes the key under which the same body has one effect */
export function sendStart(
  request: StartRequest,
  reason: string,
  keyFor: (body: unknown) => string,
): Promise<UpgradeAccepted> {
  const { tenant, service, version, kind } = request;
  const further = { ...furtherOf(request), ...(reason ? { reason } : {}) };
  const init = { headers: { 'idempotency-key': keyFor({ tenant, service, version, kind, ...further }) } };
  return kind === 'service'
    ? startUpgrade(tenant, service, { toVersion: version, ...further }, init)
    : (startSchemaUpgrade(
        tenant,
        { serviceId: service, version, isDryRun: false, ...further },
        init,
      ) as Promise<UpgradeAccepted>);
}

function furtherOf({ options, override }: StartRequest) {
  return { options, ...(override ? { override } : {}) };
}
