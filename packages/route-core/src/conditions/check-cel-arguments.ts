import { type CelExpr, literalOf, literalsOf, textOf } from './cel-ast.ts';
import { basisPointsOf } from './cel-environment.ts';
import type { CelFunctionInfo } from './cel-functions.ts';
import { compileRegex } from './compile-regex.ts';
import { parseNetwork } from './match-networks.ts';
import { parseVersionRange } from './match-versions.ts';

/** A literal or a list of literals. */
export function isLiteral(expr: CelExpr): boolean {
  return literalOf(expr) !== undefined || literalsOf(expr) !== null;
}

/** What is wrong with an argument that is compiled when the condition is; null if nothing is. */
export function faultOfArguments(
  name: string,
  args: readonly CelExpr[],
  { literals }: CelFunctionInfo,
): { argument: CelExpr; message: string } | null {
  const argument = args[literals?.[0] ?? args.length];
  if (argument === undefined) return null;
  const message = faultOfLiteral(name, argument);
  return message === null ? null : { argument, message };
}

function faultOfLiteral(name: string, argument: CelExpr): string | null {
  const text = textOf(argument);
  switch (name) {
    case 'matches': {
      const regex = text === null ? ({ ok: false, message: 'is no text' } as const) : compileRegex(text);
      return regex.ok ? null : `has a pattern that ${regex.message}`;
    }
    case 'semver':
      return text !== null && parseVersionRange(text) !== null ? null : 'has a version range that is none';
    case 'percentage':
      if (text === null && basisPointsOf(literalOf(argument)) !== null) return null;
      return 'has a percentage that is not from 0 to 100 in steps of 0.01';
    default: {
      const networks = literalsOf(argument) ?? [literalOf(argument)];
      const wrong = networks.find((network) => typeof network !== 'string' || parseNetwork(network) === null);
      return wrong === undefined ? null : `has a network that is none: ${String(wrong)}`;
    }
  }
}
