import { type Issue, issue } from '../../issue.ts';
import { functionsIn } from '../nodes.ts';
import type { Rule } from './rule.ts';

/** What would take the transaction or the session out of the runner's hands. */
export const transactionRules: Rule = (statement) => {
  const { node, effects, isTransactional } = statement;
  const issues: Issue[] = [];
  if ('TransactionStmt' in node) issues.push(issue('TRANSACTION_CONTROL', 'error', CONTROL, CONTROL_MEND));
  if (effects.isRefusedInTransaction && isTransactional) {
    const isConcurrent =
      effects.locks.some((lock) => lock.mode === 'ShareUpdateExclusiveLock') && !('VacuumStmt' in node);
    const code = isConcurrent ? 'CONCURRENTLY_IN_TRANSACTION' : 'REFUSED_IN_TRANSACTION';
    const what = isConcurrent ? 'CONCURRENTLY' : 'This statement';
    const mend = 'Put it into a migration of its own with "-- grey: no-transaction" in its head.';
    issues.push(issue(code, 'error', `${what} is refused inside a transaction, and this migration runs in one.`, mend));
  }
  if ('VariableSetStmt' in node) issues.push(...judgeSetting(node.VariableSetStmt));
  if ('DiscardStmt' in node) {
    const message = 'DISCARD may drop the advisory lock that keeps other runners out.';
    issues.push(issue('RUNNER_LOCK_TOUCHED', 'error', message, 'Leave it out; every run has a session of its own.'));
  }
  if (functionsIn(node).some((name) => /^pg_advisory_(unlock|lock)/.test(name))) {
    const message = "The runner's own lock is an advisory lock of this session; the migration must leave these alone.";
    issues.push(
      issue('RUNNER_LOCK_TOUCHED', 'error', message, 'Use pg_advisory_xact_lock when you need one of your own.'),
    );
  }
  if ('LockStmt' in node) {
    const message = 'The lock is held until the end of the migration, whatever comes after it.';
    issues.push(
      issue(
        'EXPLICIT_LOCK',
        'warning',
        message,
        'Statements take the locks they need; leave it out unless you know why.',
      ),
    );
  }
  return issues;
};

const CONTROL = 'The runner begins and ends the transaction, so that migration and ledger commit together.';
const CONTROL_MEND = 'Leave it out; for a migration without a transaction write "-- grey: no-transaction" in its head.';

/** Settings the runner relies on: where names lead, who acts, how long it waits. */
const RELIED_ON =
  /^(search_path|role|session_authorization|lock_timeout|statement_timeout|idle_in_transaction_session_timeout|transaction_timeout|standard_conforming_strings|TRANSACTION|SESSION CHARACTERISTICS)$/;

function judgeSetting({
  name,
  kind,
  is_local: isLocal,
}: {
  name?: string;
  kind?: string;
  is_local?: boolean;
}): Issue[] {
  if (kind === 'VAR_RESET_ALL' || RELIED_ON.test(name ?? '')) {
    const message = `The runner sets ${name ?? 'its settings'} itself, and its time-outs and the tenant's schema depend on it.`;
    return [
      issue(
        'SESSION_CHANGED',
        'error',
        message,
        'Leave it out; time-outs are options of the run, the schema that of the data source.',
      ),
    ];
  }
  if (isLocal === true) return [];
  const message = `SET ${name} outlives the statement and the migration.`;
  return [issue('SESSION_CHANGED', 'warning', message, 'Use SET LOCAL, which ends with the transaction.')];
}
