import type { Command } from './command.ts';
import { applyCommand } from './commands/apply.command.ts';
import { auditVerifyCommand } from './commands/audit-verify.command.ts';
import { diffCommand } from './commands/diff.command.ts';
import { explainCommand } from './commands/explain.command.ts';
import { exportCommand } from './commands/export.command.ts';
import { loginCommand, logoutCommand } from './commands/login.command.ts';
import { migrationsCheckCommand } from './commands/migrations-check.command.ts';
import { migrationsPutCommand } from './commands/migrations-put.command.ts';
import { rollbackCommand } from './commands/rollback.command.ts';
import { routeCommand } from './commands/route.command.ts';
import { undoRollbackCommand } from './commands/undo-rollback.command.ts';
import { upgradeCommand } from './commands/upgrade.command.ts';
import { upgradeBatchStatusCommand } from './commands/upgrade-batch-status.command.ts';
import { validateCommand } from './commands/validate.command.ts';

/** In the order of the help: what is needed at night comes first. */
export const commands: readonly Command[] = [
  loginCommand,
  logoutCommand,
  rollbackCommand,
  undoRollbackCommand,
  routeCommand,
  explainCommand,
  exportCommand,
  diffCommand,
  validateCommand,
  applyCommand,
  upgradeCommand,
  upgradeBatchStatusCommand,
  migrationsCheckCommand,
  migrationsPutCommand,
  auditVerifyCommand,
];
