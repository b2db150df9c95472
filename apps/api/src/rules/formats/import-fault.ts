import type { Fault } from '@grey/contracts';
import { ApiError } from '../../infra/http/api-error.ts';

/** The text cannot be read as rules; `path` leads from the text to the place. */
export function importFault(path: string, message: string): ApiError {
  return importFaults([{ path, message }]);
}

export function importFaults(faults: readonly Fault[]): ApiError {
  const [first] = faults;
  return new ApiError('IMPORT_INVALID', {
    detail: first === undefined ? 'The text holds no rules.' : `${first.path}: ${first.message}`,
    errors: faults.slice(0, 50),
  });
}
