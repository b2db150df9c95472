import { ApiError } from '../infra/http/api-error.ts';
import type { ExperimentFields } from './experiment-record.ts';

/** The contract sees the fields that are sent; here they stand beside those that are stored. @throws ApiError VALIDATION_FAILED */
export function assertFields({ startAt, endAt, hashing, variants }: ExperimentFields): void {
  if (startAt !== null && endAt !== null && Date.parse(startAt) >= Date.parse(endAt))
    throw invalid('body.endAt', 'endAt is not after startAt');
  if (hashing === 'md5_java' && variants.length !== 2) throw invalid('body.variants', 'md5_java knows two variants');
}

function invalid(path: string, message: string): ApiError {
  return new ApiError('VALIDATION_FAILED', { errors: [{ path, message }] });
}
