import { parse } from '@bufbuild/cel';
import type { CelExpr, SourceInfo } from './cel-ast.ts';
import { checkCel } from './check-cel.ts';
import { closeComment } from './close-comment.ts';
import { type CelFault, scanCel } from './scan-cel.ts';

export type ReadCel =
  | { readonly ok: true; readonly expr: CelExpr; readonly sourceInfo: SourceInfo | undefined }
  | ({ readonly ok: false } & CelFault);

/** Parses an expression and checks all that can be known before there is a request. Never throws. */
export function readCel(text: string): ReadCel {
  const scanned = scanCel(text);
  if (scanned !== null) return { ok: false, ...scanned };
  let expr: CelExpr;
  let sourceInfo: SourceInfo | undefined;
  try {
    ({ expr, sourceInfo } = parse(closeComment(text)));
  } catch (error) {
    return { ok: false, ...faultOf(error) };
  }
  const fault = checkCel(expr, sourceInfo);
  return fault === null ? { ok: true, expr, sourceInfo } : { ok: false, ...fault };
}

/** The parser's words and place; it names neither its error class nor the input's name to us. */
function faultOf(error: unknown): CelFault {
  const { rawMessage, location } = error as { rawMessage?: string; location?: { start: { offset: number } } };
  if (rawMessage === undefined || location === undefined) return { message: 'cannot be parsed', offset: 0 };
  return { message: `cannot be parsed: ${rawMessage}`, offset: location.start.offset };
}
