import { type ApplyStep, phases, type StepContext } from './apply-step.ts';
import type { ConfigService, ConfigVersion } from './config.schema.ts';
import type { Difference } from './diff-configs.ts';
import { keyOf } from './read-live.ts';

type Fields = Omit<ConfigService, 'versions' | 'rules' | 'experiments' | 'compatibility'>;

/** A service that is not there is created, then given what needs its versions. */
export function serviceSteps({ names, action, values, file }: Difference): ApplyStep[] {
  const [serviceId] = names as [string];
  const { id: _id, ...fields } = file as Fields;
  if (action === 'change') return [changeService(serviceId, pickChanged(fields, values))];
  const { defaultVersions, fallback, fallbackVersion, ...rest } = fields;
  const later = {
    ...(defaultVersions?.length ? { defaultVersions } : {}),
    ...(fallback === 'version' ? { fallback } : {}),
    ...(fallbackVersion == null ? {} : { fallbackVersion }),
  };
  const create: ApplyStep = {
    phase: phases.createService,
    title: `create service ${serviceId}`,
    async run({ client, etags, reason }) {
      const early = fallback === undefined || fallback === 'version' ? {} : { fallback };
      const body = { id: serviceId, ...defined(rest), ...early, reason };
      const { body: made } = await client.call('createService', { body: body as never });
      etags.set(keyOf('service', serviceId), made.etag);
      return undefined;
    },
  };
  return Object.keys(later).length === 0 ? [create] : [create, changeService(serviceId, later)];
}

function changeService(serviceId: string, fields: object): ApplyStep {
  return {
    phase: phases.changeService,
    title: `change service ${serviceId}: ${Object.keys(fields).join(', ')}`,
    async run({ client, etags, reason, override }) {
      const key = keyOf('service', serviceId);
      const body = { ...fields, reason, override } as never;
      const answer = await client.call('updateService', { params: { serviceId }, body, ...matching(etags, key) });
      etags.set(key, answer.body.etag);
      return undefined;
    },
  };
}

/** Versions begin active; what else they are is said afterwards, and retired last of all. */
export function versionSteps({ names, action, values, file }: Difference): ApplyStep[] {
  const [serviceId, version] = names as [string, string];
  const { version: _label, flags: _flags, ordinal, status, ...fields } = file as ConfigVersion;
  const params = { serviceId, version };
  if (action === 'change') return changeVersion(params, pickChanged({ ...fields, status }, values));
  const create: ApplyStep = {
    phase: phases.createVersion,
    title: `create version ${serviceId} ${version}`,
    async run({ client, etags, reason }) {
      const body = { version, ...defined({ ordinal, ...fields }), reason };
      const { body: made } = await client.call('createVersion', { params: { serviceId }, body });
      etags.set(keyOf('version', serviceId, version), made.etag);
      return undefined;
    },
  };
  return [create, ...changeVersion(params, status === undefined || status === 'active' ? {} : { status })];
}

function changeVersion(
  params: { serviceId: string; version: string },
  fields: { status?: string | undefined },
): ApplyStep[] {
  if (Object.keys(fields).length === 0) return [];
  return [
    {
      phase: fields.status === 'retired' ? phases.retireVersion : phases.changeVersion,
      title: `change version ${params.serviceId} ${params.version}: ${Object.keys(fields).join(', ')}`,
      async run({ client, etags, reason }: StepContext) {
        const key = keyOf('version', params.serviceId, params.version);
        const body = { ...fields, reason } as never;
        const answer = await client.call('updateVersion', { params, body, ...matching(etags, key) });
        etags.set(key, answer.body.etag);
        return undefined;
      },
    },
  ];
}

export function flagsStep({ names, file }: Difference): ApplyStep {
  const [serviceId, version] = names as [string, string];
  return {
    phase: phases.putFlags,
    title: `set flags of ${serviceId} ${version}`,
    async run({ client, etags, reason }) {
      const key = keyOf('flags', serviceId, version);
      const body = { flags: (file ?? []) as never, reason };
      await client.call('putVersionFlags', { params: { serviceId, version }, body, ...matching(etags, key) });
      return undefined;
    },
  };
}

/** With the tag that the plan saw; nothing that is new has one. */
export function matching(etags: ReadonlyMap<string, string>, key: string): { ifMatch?: string } {
  const etag = etags.get(key);
  return etag === undefined ? {} : { ifMatch: etag };
}

/** The fields in which something differs, whole. */
export function pickChanged<T extends object>(fields: T, values: Difference['values']): Partial<T> {
  const changed = new Set(values.map(({ path }) => /^[^.[ ]+/.exec(path)?.[0]));
  return Object.fromEntries(Object.entries(fields).filter(([key]) => changed.has(key))) as Partial<T>;
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
