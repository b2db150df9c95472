import type { VerifyResult } from '../../api/generated/model/index.ts';

/** What is known after one more portion of the log: counts add up, the rest is as the last portion says. */
export function addVerified(sum: VerifyResult, part: VerifyResult): VerifyResult {
  return {
    ...part,
    checkedCount: sum.checkedCount + part.checkedCount,
    unchainedCount: sum.unchainedCount + part.unchainedCount,
    erasedCount: sum.erasedCount + part.erasedCount,
    trimmedCount: sum.trimmedCount + part.trimmedCount,
  };
}
