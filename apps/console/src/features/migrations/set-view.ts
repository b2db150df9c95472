import type { DatabaseEngine } from '../../api/generated/model/index.ts';

/** What the address of a set says beside service and version. */
export interface SetView {
  engine?: DatabaseEngine;
  /** The tenant for whom it is estimated. */
  tenant?: string;
}

export function readSetView(search: Record<string, unknown>): SetView {
  const tenant = search['tenant'];
  const text = typeof tenant === 'string' || typeof tenant === 'number' ? String(tenant).trim().slice(0, 64) : '';
  return { ...readEngine(search), ...(text ? { tenant: text } : {}) };
}

/** For what files are brought. */
export interface UploadView {
  engine?: DatabaseEngine;
  version?: string;
}

export function readUploadView(search: Record<string, unknown>): UploadView {
  const version = search['version'];
  // The router parses `?version=2` as a number.
  const text = typeof version === 'string' || typeof version === 'number' ? String(version).trim().slice(0, 64) : '';
  return { ...readEngine(search), ...(text ? { version: text } : {}) };
}

function readEngine(search: Record<string, unknown>): { engine?: DatabaseEngine } {
  return search['engine'] === 'mysql' || search['engine'] === 'postgres' ? { engine: search['engine'] } : {};
}
