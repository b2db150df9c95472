import {
  type Config,
  type ConfigCell,
  type ConfigFreeze,
  type ConfigService,
  configSchema,
  nameOfFreeze,
} from './config.schema.ts';

/**
 * One configuration, one text: everything without an order of its own by id, times in one form, fields as the schemas have
 * them. The order of rules, of shares and of a flag's rules means something and stays.
 */
export function canonicalConfig(input: unknown): Config {
  const config = configSchema.parse(input);
  return {
    format: config.format,
    ...(config.services && { services: config.services.map(canonicalService).sort(by(({ id }) => id)) }),
    ...(config.lanes && {
      lanes: config.lanes
        .map(({ reason: _, override: __, ...lane }) => ({
          ...lane,
          name: lane.name ?? lane.tag,
          versions: lane.versions.toSorted(by(({ serviceId }) => serviceId)),
        }))
        .sort(by(({ tag }) => tag)),
    }),
    ...(config.freezes && { freezes: config.freezes.map(canonicalFreeze).sort(by(nameOfFreeze)) }),
    ...(config.channels && { channels: config.channels.toSorted(by(({ name }) => name)) }),
    ...(config.assignments && { assignments: canonicalAssignments(config.assignments) }),
  };
}

function canonicalService(service: ConfigService): ConfigService {
  const { versions, experiments, rules, compatibility, ...rest } = service;
  return {
    ...rest,
    ...(versions && {
      versions: versions
        .map((version) => ({
          ...version,
          ...(version.endOfLifeAt && { endOfLifeAt: timeOf(version.endOfLifeAt) }),
          ...(version.flags && { flags: version.flags.toSorted(by(({ name }) => name)) }),
        }))
        .sort((x, y) => (x.ordinal ?? Infinity) - (y.ordinal ?? Infinity) || 0),
    }),
    // A set without rules decides as none does.
    ...(rules !== undefined && { rules: rules?.rules.length === 0 && !rules.normalizePath ? null : rules }),
    ...(experiments && {
      experiments: experiments
        .map(({ reason: _, override: __, ...one }) => ({
          ...one,
          name: one.name ?? one.id,
          startAt: one.startAt && timeOf(one.startAt),
          endAt: one.endAt && timeOf(one.endAt),
        }))
        .sort(by(({ id }) => id)),
    }),
    ...(compatibility && {
      compatibility: compatibility
        .map((one) => ({
          ...one,
          compatibleWith: one.compatibleWith?.toSorted() ?? null,
          requires: one.requires.toSorted(by(({ serviceId }) => serviceId)),
        }))
        .sort(by(({ version }) => version)),
    }),
  };
}

function canonicalFreeze(freeze: ConfigFreeze): ConfigFreeze {
  const { tenantIds, tenantTags, serviceIds } = freeze.scope;
  return {
    ...freeze,
    scope: { tenantIds: tenantIds.toSorted(), tenantTags: tenantTags.toSorted(), serviceIds: serviceIds.toSorted() },
  };
}

function canonicalAssignments(assignments: NonNullable<Config['assignments']>): NonNullable<Config['assignments']> {
  const sorted = <T>(record: Record<string, T>) => Object.entries(record).sort(by(([key]) => key));
  return Object.fromEntries(
    sorted(assignments).map(([tenantId, cells]) => [
      tenantId,
      Object.fromEntries(sorted(cells).map(([serviceId, cell]) => [serviceId, canonicalCell(cell)])),
    ]),
  );
}

function canonicalCell(cell: ConfigCell | null): ConfigCell | null {
  return cell !== null && typeof cell === 'object' && !cell.pinned ? cell.version : cell;
}

function timeOf(text: string): string {
  return new Date(text).toISOString();
}

/** By code unit, the same everywhere: a locale would sort each machine's file differently. */
function by<T>(keyOf: (one: T) => string): (x: T, y: T) => number {
  return (x, y) => (keyOf(x) < keyOf(y) ? -1 : keyOf(x) > keyOf(y) ? 1 : 0);
}
