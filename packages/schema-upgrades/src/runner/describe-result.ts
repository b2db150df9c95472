import type { RunFailure, RunOutcome, RunResult } from './run-request.ts';

/** Puts a result into words for whoever has to decide what to do next. */
export function describeResult(result: Omit<RunResult, 'sentence'>, label: string): string {
  const parts = [
    result.applied.length > 0 ? `${list(result.applied)} applied` : '',
    result.reverted.length > 0 ? `${list(result.reverted)} reverted` : '',
  ].filter((part) => part !== '');
  const did = parts.length > 0 ? parts.join(', ') : 'nothing changed';
  const why = result.failure === null ? '' : describeFailurePlace(result.failure);
  return `${label}: ${SENTENCES[result.outcome](did, why)}`;
}

const SENTENCES: Readonly<Record<RunOutcome, (did: string, why: string) => string>> = {
  done: (did) => `done; ${did}.`,
  'taken-back': (_did, why) => `failed, and is as it was before. ${why}`,
  refused: (_did, why) => `not begun, nothing was touched. ${why}`,
  interrupted: (did, why) => `interrupted; ${did} so far, and the same run will go on from there. ${why}`,
  'needs-operator': (did, why) => `needs an operator; ${did}. ${why}`,
};

function describeFailurePlace(failure: RunFailure): string {
  const at = failure.statement === null ? '' : `, statement ${failure.statement}`;
  const place = failure.migration === null ? '' : ` in ${failure.migration}${at}`;
  return `${failure.code}${place}: ${failure.message}`;
}

function list(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}
