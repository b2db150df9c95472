import { balancers, RULE_LIMIT } from '@grey/contracts';
import { type Condition, parseCel } from '@grey/route-core';
import { importFault } from './import-fault.ts';
import {
  type Imported,
  type ImportedRule,
  type ImportedService,
  type ImportRequest,
  NOTHING_OF_SERVICE,
} from './imported.ts';
import { membersOf, numberOf, parseJsonText, parseYamlText, textOf } from './parse-text.ts';
import { RuleIds } from './rule-names.ts';
import { both, partOf } from './weights.ts';

type Members = Readonly<Record<string, unknown>>;
interface Found {
  readonly members: Members;
  readonly path: string;
  readonly notes: readonly string[];
}

/** `{ routing_rules: { service: { default_version, rules: [{ condition, target_version, weight }], fallback } } }` */
export function importRoutingRules(request: ImportRequest): Imported {
  const found = findService(parseJsonText(request.content), 'routing_rules', request.serviceId);
  const { members, path } = found;
  const rules = readRules(members.rules, `${path}.rules`, request, 'listed');
  const fallback = membersOf(members.fallback);
  const service = {
    ...NOTHING_OF_SERVICE,
    defaultVersion: textOf(members.default_version) ?? null,
    fallbackVersion: textOf(fallback?.version) ?? null,
  };
  const notes = [...found.notes, ...rules.notes, ...notesOnVersions(service)];
  return { rules: rules.rules, service, notes };
}

/** `services.*.routing_rules`, `load_balancing` and `versions` of a router's own file. */
export function importRouterYaml(request: ImportRequest): Imported {
  const found = findService(parseYamlText(request.content), 'services', request.serviceId);
  const { members, path } = found;
  const rules = readRules(members.routing_rules ?? [], `${path}.routing_rules`, request, 'priority');
  const balancing = readBalancing(membersOf(members.load_balancing) ?? {});
  const versions = readVersions(members.versions);
  const service = { ...NOTHING_OF_SERVICE, ...balancing.service, defaultVersion: versions.heaviest };
  const left = Object.keys(members).filter((name) => !['routing_rules', 'load_balancing', 'versions'].includes(name));
  const notes = [...found.notes, ...rules.notes, ...versions.notes, ...balancing.notes];
  if (left.length > 0) notes.push(`${left.join(', ')}: not about rules, left out`);
  return { rules: rules.rules, service, notes };
}

/** @throws ApiError IMPORT_INVALID when the service is not among those of the text */
function findService(document: unknown, root: string, serviceId: string): Found {
  const services = membersOf(membersOf(document)?.[root]);
  if (services === undefined) throw importFault(`content.${root}`, 'is missing');
  const members = Object.hasOwn(services, serviceId) ? membersOf(services[serviceId]) : undefined;
  const others = Object.keys(services).filter((id) => id !== serviceId);
  if (members === undefined)
    throw importFault(
      `content.${root}.${serviceId}`,
      `is missing; there are: ${others.slice(0, 20).join(', ') || 'none'}`,
    );
  const besides = Object.keys(membersOf(document) ?? {}).filter((name) => name !== root);
  return {
    members,
    path: `content.${root}.${serviceId}`,
    notes: [
      ...(others.length > 0 ? [`other services of the text were left out: ${others.slice(0, 20).join(', ')}`] : []),
      ...(besides.length > 0 ? [`${besides.slice(0, 20).join(', ')}: not about services, left out`] : []),
    ],
  };
}

function readRules(value: unknown, path: string, request: ImportRequest, order: 'listed' | 'priority') {
  if (!Array.isArray(value)) throw importFault(path, 'is no list');
  if (value.length > RULE_LIMIT) throw importFault(path, `${value.length} rules are more than ${RULE_LIMIT}`);
  const ids = new RuleIds();
  const notes: string[] = [];
  const read = value.map((one, index) => readRule(one, `${path}[${index}]`, request, ids, index, notes));
  const priorities = read.map((rule) => rule.priority);
  const isClear = order === 'priority' && new Set(priorities).size === priorities.length;
  if (isClear) return { rules: read, notes };
  if (read.length > 1)
    notes.push(
      order === 'listed'
        ? 'the first rule that matches decides, so priorities fall from rule to rule'
        : 'some priorities are equal; they were numbered anew, so that equals decide in the order of the text',
    );
  const ranked = order === 'listed' ? read : [...read].sort((a, b) => b.priority - a.priority);
  return { rules: ranked.map((rule, index) => ({ ...rule, priority: (ranked.length - index) * 10 })), notes };
}

function readRule(
  value: unknown,
  path: string,
  { serviceId, sticky }: ImportRequest,
  ids: RuleIds,
  index: number,
  notes: string[],
): ImportedRule {
  const members = membersOf(value);
  if (members === undefined) throw importFault(path, 'is no rule');
  const version = textOf(members.target_version);
  if (version === undefined) throw importFault(`${path}.target_version`, 'is missing');
  const name = textOf(members.name) ?? `rule ${index + 1}`;
  const id = ids.give(name, `rule-${index + 1}`);
  const weight = members.weight === undefined ? 100 : numberOf(members.weight);
  if (weight === undefined || weight < 0 || weight > 100) throw importFault(`${path}.weight`, 'is not 0 to 100');
  const priority = members.priority === undefined ? 0 : numberOf(members.priority);
  if (priority === undefined || !Number.isInteger(priority))
    throw importFault(`${path}.priority`, 'is no whole number');
  const when = readCondition(members.condition, `${path}.condition`);
  if (weight < 100)
    notes.push(
      `${name}: weight ${weight} takes ${weight} % of the requests that match; the others go on to the next rule`,
    );
  const part = weight < 100 ? both(when, partOf(weight, sticky, `${serviceId}:${id}`)) : when;
  return { id, name, priority, ...(part === undefined ? {} : { when: part }), target: { kind: 'version', version } };
}

function readCondition(value: unknown, path: string): Condition | undefined {
  if (value === undefined || value === null) return undefined;
  const text = textOf(value);
  if (text === undefined) throw importFault(path, 'is no text');
  if (text.trim() === '') return undefined;
  const parsed = parseCel(text);
  if (!parsed.ok) throw importFault(path, `${parsed.message} (at character ${parsed.offset + 1})`);
  return parsed.condition;
}

function readBalancing(members: Members): { service: Partial<ImportedService>; notes: string[] } {
  const notes: string[] = [];
  const algorithm = textOf(members.algorithm);
  const balancer = balancers.find((one) => one === algorithm?.trim().toLowerCase().replaceAll('-', '_')) ?? null;
  if (algorithm !== undefined && balancer === null)
    notes.push(`algorithm ${algorithm}: there is no such balancer here`);
  const stickyCookie = textOf(members.sticky_cookie) ?? null;
  const isSticky = textOf(members.session_affinity) === 'true';
  if (isSticky || stickyCookie !== null)
    notes.push(
      stickyCookie === null
        ? 'session_affinity: set balancing.affinity of the service to the session'
        : `session_affinity: set balancing.affinity of the service to the cookie ${stickyCookie}`,
    );
  return { service: { balancer, stickyCookie }, notes };
}

/** Versions with weights are what the default is split by; the heaviest is the one to fall back on. */
function readVersions(value: unknown): { heaviest: string | null; notes: string[] } {
  const listed = Array.isArray(value) ? value.map(membersOf) : [];
  const versions = listed.flatMap((members) => {
    const version = textOf(members?.version);
    return version === undefined ? [] : [{ version, weight: numberOf(members?.weight) ?? 0 }];
  });
  const [heaviest] = [...versions].sort((a, b) => b.weight - a.weight);
  if (versions.length < 2) return { heaviest: heaviest?.version ?? null, notes: [] };
  const words = versions.map(({ version, weight }) => `${version} (${weight})`).join(', ');
  return { heaviest: heaviest?.version ?? null, notes: [`versions ${words}: set as the split default of the service`] };
}

function notesOnVersions({ defaultVersion, fallbackVersion }: ImportedService): string[] {
  return [
    ...(defaultVersion === null ? [] : [`default_version ${defaultVersion}: set as the default of the service`]),
    ...(fallbackVersion === null ? [] : [`fallback ${fallbackVersion}: set as fallback \`version\` of the service`]),
  ];
}
