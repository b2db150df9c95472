import { ConnectionLost, problemFrom } from '../../api/api-problem.ts';
import { getExportAuditUrl } from '../../api/generated/grey.ts';
import { session } from '../../api/session.ts';
import type { ChangeFilters } from '../changes/change-filters.ts';

export interface Exported {
  readonly file: Blob;
  /** False when the line `end` is missing: the connection broke on the way. */
  readonly isWhole: boolean;
}

/** The last line is a few hundred bytes. */
const tailBytes = 4_096;

/**
 * Reads the log as NDJSON. The client's own way to the API reads JSON; this answer is lines, and may be long.
 *
 * @param onProgress told how many bytes have come
 * @throws ApiProblem, ConnectionLost
 */
export async function fetchExport(filters: ChangeFilters, onProgress: (bytes: number) => void): Promise<Exported> {
  const headers = { authorization: `Bearer ${session.current?.accessToken ?? ''}` };
  const response = await fetch(getExportAuditUrl(filters), { headers }).catch(() => {
    throw new ConnectionLost();
  });
  if (!response.ok) throw await problemFrom(response);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    // What has come so far is worth keeping: it goes on after the last change but one.
    const part = await reader?.read().catch(() => undefined);
    if (!part || part.done) break;
    chunks.push(part.value);
    length += part.value.length;
    onProgress(length);
  }
  const file = new Blob(chunks, { type: 'application/x-ndjson' });
  const tail = await file.slice(-tailBytes).text();
  return { file, isWhole: endsWhole(tail) };
}

/** Whether the last line of an export is its end. */
export function endsWhole(tail: string): boolean {
  return tail.endsWith('\n') && (tail.trimEnd().split('\n').at(-1) ?? '').startsWith('{"type":"end"');
}

/** Hands the file to the browser. */
export function saveExport({ file }: Exported): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = `grey-audit-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.ndjson`;
  link.click();
  // The browser has taken the file over by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
