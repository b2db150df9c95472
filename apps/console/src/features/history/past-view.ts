import { ChangeItemEntity } from '../../api/generated/model/index.ts';
import { textInUrl } from '../../parts/text-in-url.ts';
import { readMoment } from './moment.ts';

/** What of the past is looked at, as it stands in the URL. */
export interface PastView {
  /** A time or a position; left out: now. */
  at?: string;
  /** One kind of thing; left out: tenants. */
  entity?: ChangeItemEntity;
  search?: string;
  serviceId?: string;
}

/** Two moments, and what of their difference is looked at. */
export interface CompareView {
  from?: string;
  /** Left out: now. */
  to?: string;
  entity?: ChangeItemEntity;
  tenantId?: string;
  serviceId?: string;
}

/** Persons, keys and what was done about changes are no state of the configuration. */
const noState: readonly string[] = ['user', 'api_key', 'erasure', 'change', 'override'];
/** Kinds of things that the past can be asked for. */
export const stateEntities = Object.values(ChangeItemEntity).filter((entity) => !noState.includes(entity));

export function readPastView(search: Record<string, unknown>): PastView {
  return {
    ...momentIn(search, 'at'),
    ...entityIn(search),
    ...textIn(search, 'search'),
    ...textIn(search, 'serviceId'),
  };
}

export function readCompareView(search: Record<string, unknown>): CompareView {
  return {
    ...momentIn(search, 'from'),
    ...momentIn(search, 'to'),
    ...entityIn(search),
    ...textIn(search, 'tenantId'),
    ...textIn(search, 'serviceId'),
  };
}

function momentIn<K extends string>(search: Record<string, unknown>, name: K): { [key in K]?: string } {
  const moment = readMoment(search[name]);
  return (moment === undefined ? {} : { [name]: moment }) as { [key in K]?: string };
}

function textIn<K extends string>(search: Record<string, unknown>, name: K): { [key in K]?: string } {
  const text = textInUrl(search[name]);
  return (text === '' ? {} : { [name]: text }) as { [key in K]?: string };
}

function entityIn(search: Record<string, unknown>): { entity?: ChangeItemEntity } {
  const entity = stateEntities.find((one) => one === search['entity']);
  return entity === undefined ? {} : { entity };
}
