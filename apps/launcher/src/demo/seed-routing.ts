import type { ApiClient } from './api-client.ts';
import { demoExperiment, demoFlags, demoLane, demoRules } from './routing-catalogue.ts';

/**
 * Creates what decides in the demo beyond assignments. What is there stays as it is, whoever made it.
 *
 * @param reason what the log says of it
 */
export async function seedRouting(admin: ApiClient, reason: string): Promise<void> {
  const { tag, ...lane } = demoLane;
  if ((await admin.call('GET', `/api/lanes/${tag}`)).status === 404)
    await admin.expect('PUT', `/api/lanes/${tag}`, { ...lane, reason });
  for (const { serviceId, rules } of demoRules) await seedRules(admin, serviceId, rules, reason);
  const { serviceId, ...experiment } = demoExperiment;
  const experiments = `/api/services/${serviceId}/experiments`;
  await admin.expect('POST', experiments, { ...experiment, reason }, ['EXPERIMENT_EXISTS']);
  await seedFlags(admin, reason);
}

async function seedRules(admin: ApiClient, serviceId: string, rules: readonly object[], reason: string): Promise<void> {
  const path = `/api/services/${serviceId}/rules`;
  const { live, draft } = (await admin.expect('GET', path)).body as { live: object | null; draft: object | null };
  if (live !== null) return;
  if (draft === null) await admin.expect('PUT', `${path}/draft`, { rules });
  await admin.expect('POST', `${path}/draft/publish`, { reason });
}

async function seedFlags(admin: ApiClient, reason: string): Promise<void> {
  const path = `/api/services/${demoFlags.serviceId}/versions/${demoFlags.version}/flags`;
  const { flags } = (await admin.expect('GET', path)).body as { flags: readonly object[] };
  if (flags.length === 0) await admin.expect('PUT', path, { flags: demoFlags.flags, reason });
}
