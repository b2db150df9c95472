import type { GreyClient } from '../api/grey-client.ts';
import { CliError } from '../cli-error.ts';
import { canonicalConfig } from './canonical-config.ts';
import { CONFIG_FORMAT, type Config, type ConfigPart, nameOfFreeze } from './config.schema.ts';

/** The configuration as it is, with what a change of it needs. */
export interface Live {
  readonly config: Config;
  /** Entity tags, by {@link keyOf}. */
  readonly etags: ReadonlyMap<string, string>;
  readonly rules: ReadonlyMap<string, LiveRules>;
  /** What the API knows things by that a file knows by another name, by {@link keyOf}. */
  readonly ids?: ReadonlyMap<string, string>;
}

/** Of a service: the number of the live set, and who has a draft, if anybody. */
export interface LiveRules {
  readonly number: number | null;
  readonly draftBy: string | null;
}

export type LiveKind = 'service' | 'version' | 'flags' | 'experiment' | 'lane' | 'compatibility' | 'freeze' | 'channel';

export function keyOf(kind: LiveKind, ...names: string[]): string {
  return [kind, ...names].join(' ');
}

/** Requests under way at once: the server has others to answer. */
const PARALLEL = 6;
const PAGE = 1000;
/** Entity tag of what is not there. */
const NOTHING = '"0"';

/**
 * Reads what is asked for. The parts are read one after the other: a change that is made meanwhile may be in one of them.
 *
 * @param options.isLenient channels, which not everybody may see, are left out for who may not
 */
export async function readLive(
  client: GreyClient,
  parts: readonly ConfigPart[],
  options: { readonly isLenient?: boolean } = {},
): Promise<Live> {
  const ids = new Map<string, string>();
  const etags = new Map<string, string>();
  const rules = new Map<string, LiveRules>();
  const config: Record<string, unknown> = { format: CONFIG_FORMAT };
  if (parts.includes('services')) config.services = await readServices(client, etags, rules);
  if (parts.includes('lanes')) config.lanes = await readLanes(client, etags);
  if (parts.includes('freezes')) config.freezes = await readFreezes(client, etags, ids);
  if (parts.includes('channels')) {
    const channels = readChannels(client, etags, ids);
    config.channels = await (options.isLenient ? channels.catch(nothingWhereForbidden) : channels);
  }
  if (parts.includes('assignments')) config.assignments = await readAssignments(client);
  return { config: canonicalConfig(config), etags, rules, ids };
}

async function readServices(client: GreyClient, etags: Map<string, string>, liveRules: Map<string, LiveRules>) {
  const services = [];
  let cursor: string | undefined;
  do {
    const { body } = await client.call('listServices', { query: { limit: PAGE, cursor } });
    services.push(...body.items);
    cursor = body.nextCursor ?? undefined;
  } while (cursor !== undefined);
  const compatibility = new Map((await client.call('listCompatibility')).body.items.map((one) => [one.serviceId, one]));
  return inParallel(services, async (service) => {
    const { id, name, defaultVersions, unknownTenant, balancer, balancing, fallback, fallbackVersion } = service;
    const params = { serviceId: id };
    etags.set(keyOf('service', id), service.etag);
    const versions = await readVersions(client, id, etags);
    const { body: rules } = await client.call('getRules', { params });
    const { items: experiments } = (await client.call('listExperiments', { params })).body;
    liveRules.set(id, { number: rules.live?.number ?? null, draftBy: rules.draft?.savedBy.name ?? null });
    for (const experiment of experiments) etags.set(keyOf('experiment', id, experiment.id), experiment.etag);
    const live = rules.live;
    const fits = compatibility.get(id);
    // Nothing was ever said of a service that the list does not have.
    etags.set(keyOf('compatibility', id), fits?.etag ?? NOTHING);
    return {
      id,
      name,
      defaultVersions,
      unknownTenant,
      balancer,
      balancing,
      fallback,
      fallbackVersion,
      versions,
      rules: live === null ? null : { normalizePath: live.normalizePath, rules: live.rules },
      experiments: experiments.map(
        ({ serviceId: _service, state: _state, createdAt: _created, updatedAt: _updated, etag: _etag, ...one }) => ({
          ...one,
          variants: one.variants.map(({ ranges: _ranges, ...variant }) => variant),
        }),
      ),
      compatibility: fits?.versions ?? [],
    };
  });
}

async function readVersions(client: GreyClient, serviceId: string, etags: Map<string, string>) {
  const { body } = await client.call('listVersions', { params: { serviceId } });
  const versions = [];
  for (const { version, ordinal, status, schemaMin, schemaMax, endOfLifeAt, etag } of body.items) {
    etags.set(keyOf('version', serviceId, version), etag);
    const { body: exposed } = await client.call('getVersionFlags', { params: { serviceId, version } });
    etags.set(keyOf('flags', serviceId, version), exposed.etag);
    versions.push({ version, ordinal, status, schemaMin, schemaMax, endOfLifeAt, flags: exposed.flags });
  }
  return versions;
}

async function readLanes(client: GreyClient, etags: Map<string, string>) {
  const { body } = await client.call('listLanes');
  for (const { tag, etag } of body.items) etags.set(keyOf('lane', tag), etag);
  return body.items.map(({ tag, name, mode, versions, entry }) => ({ tag, name, mode, versions, entry }));
}

/** Those that are not over; of several with one title and beginning the first. */
async function readFreezes(client: GreyClient, etags: Map<string, string>, ids: Map<string, string>) {
  const freezes = [];
  let cursor: string | undefined;
  do {
    const { body } = await client.call('listFreezes', { query: { limit: PAGE, cursor } });
    for (const { id, title, reason, scope, startsAt, endsAt, recurrence, state, etag } of body.items) {
      const key = keyOf('freeze', nameOfFreeze({ title, startsAt }));
      if (state === 'over' || ids.has(key)) continue;
      etags.set(key, etag);
      ids.set(key, id);
      freezes.push({ title, reason, scope, startsAt, endsAt, recurrence });
    }
    cursor = body.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return freezes;
}

async function readChannels(client: GreyClient, etags: Map<string, string>, ids: Map<string, string>) {
  const channels = [];
  for (const { id, name, isEnabled, settings, subscriptions, etag } of (await client.call('listChannels')).body.items) {
    const key = keyOf('channel', name);
    if (ids.has(key)) continue;
    etags.set(key, etag);
    ids.set(key, id);
    channels.push({ name, isEnabled, settings, subscriptions });
  }
  return channels;
}

function nothingWhereForbidden(error: unknown): undefined {
  if (error instanceof CliError && error.exit === 'NOT_ALLOWED') return undefined;
  throw error;
}

async function readAssignments(client: GreyClient) {
  const assignments: Record<string, Record<string, unknown>> = {};
  let cursor: string | undefined;
  do {
    const { body } = await client.call('getMatrix', { query: { limit: PAGE, cursor } });
    for (const { tenantId, cells, pinned } of body.rows) {
      const own = cells.flatMap((index, column) => {
        const version = body.versions[index];
        if (version === undefined) return [];
        const cell = pinned.includes(column) ? { version, pinned: true } : version;
        return [[(body.services[column] as { id: string }).id, cell]];
      });
      if (own.length > 0) assignments[tenantId] = Object.fromEntries(own);
    }
    cursor = body.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return assignments;
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker));
  return results;
}
