import type { ChangeItem, StateDifference } from '@grey/contracts';
import { canonicalJson } from '../../infra/http/canonical-json.ts';

type State = ChangeItem['before'];
type Subject = Pick<ChangeItem, 'entity' | 'tenantId' | 'serviceId' | 'key'>;

/** The fields that differ, by name; what is not there is null. */
export function differingFields(from: State, to: State): StateDifference['fields'] {
  const names = [...new Set([...Object.keys(from ?? {}), ...Object.keys(to ?? {})])].sort();
  return names
    .map((name) => ({ name, from: from?.[name] ?? null, to: to?.[name] ?? null }))
    .filter((field) => canonicalJson(field.from) !== canonicalJson(field.to));
}

/** One sentence that says what became of something. */
export function describeDifference(subject: Subject, from: State, to: State): string {
  if (subject.entity === 'assignment') return describeMove(subject, from, to);
  if (subject.entity === 'override') return `${subject.key} is overridden: ${overriddenIn(to)}`;
  const name = `${subject.entity.replace('_', ' ')} ${nameOf(subject, to ?? from)}`;
  if (from === null) return `${name} is added`;
  if (to === null) return `${name} is removed`;
  const fields = differingFields(from, to);
  const said = fields.map((field) => `${field.name} ${short(field.from)} → ${short(field.to)}`);
  return `${name}: ${said.join(', ')}`;
}

/** Freezes go by their title, data sources by whose they are; nobody knows their ids. */
function nameOf({ entity, key, tenantId, serviceId }: Subject, state: State): string {
  if (entity === 'data_source') return `of ${tenantId} on ${serviceId}`;
  return entity === 'freeze' ? `“${String(state?.['title'])}”` : key;
}

function describeMove({ tenantId, serviceId }: Subject, from: State, to: State): string {
  const who = `${tenantId} on ${serviceId}`;
  if (to === null) return `${who}: ${versionOf(from)} → the default`;
  if (from === null) return `${who}: the default → ${versionOf(to)}`;
  return `${who}: ${versionOf(from)} → ${versionOf(to)}`;
}

function overriddenIn(state: State): string {
  const objections = (state?.['objections'] ?? []) as { detail: string }[];
  return objections.map(({ detail }) => detail).join(' ');
}

function versionOf(state: State): string {
  return `${String(state?.['version'])}${state?.['isPinned'] === true ? ' (pinned)' : ''}`;
}

/** A value in at most 40 characters. */
function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
