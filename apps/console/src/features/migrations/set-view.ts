import type { DatabaseEngine } from '../../api/generated/model/index.ts';
import { textInUrl } from '../../parts/text-in-url.ts';

/** What the address of a set says beside service and version. */
export interface SetView {
  engine?: DatabaseEngine;
  /** The tenant for whom it is estimated. */
  tenant?: string;
}

export function readSetView(search: Record<string, unknown>): SetView {
  const text = textInUrl(search['tenant']);
  return { ...readEngine(search), ...(text ? { tenant: text } : {}) };
}

/** For what files are brought. */
export interface UploadView {
  engine?: DatabaseEngine;
  version?: string;
}

export function readUploadView(search: Record<string, unknown>): UploadView {
  const text = textInUrl(search['version']);
  return { ...readEngine(search), ...(text ? { version: text } : {}) };
}

function readEngine(search: Record<string, unknown>): { engine?: DatabaseEngine } {
  return search['engine'] === 'mysql' || search['engine'] === 'postgres' ? { engine: search['engine'] } : {};
}
