import { type Config, configSchema } from './config.schema.ts';

/** Everything that is wrong with the environment, one line each; the message is meant for the operator as it is. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((one) => `  - ${one}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Validates the environment.
 *
 * An empty variable counts as unset, as shells and compose files make them. Unknown `GREY_*` names that look like a slip
 * of a known one are not guessed at: they are ignored, since the launcher has variables of its own.
 *
 * @throws ConfigError naming every fault at once
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(configSchema.shape)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => describe(issue.path.join('.'), issue.message, given)));
}

/** Values are never repeated: half of them are secrets. */
function describe(name: string, message: string, given: Record<string, unknown>): string {
  return name in given ? `${name}: ${message}` : `${name} is not set, and is required`;
}
