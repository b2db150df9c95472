import { hasSqlDetails, loadModule, type Node, parseSync } from 'libpg-query';

/** A statement as PostgreSQL 18's own parser reads it, or what it said. */
export type ParsedStatement =
  | { readonly isOk: true; readonly node: Node }
  | {
      readonly isOk: false;
      readonly message: string;
      /** Offset of the place in UTF-16 units, as far as the parser names one. */
      readonly offset: number;
    };

/** Loads the parser, once per process; 20 ms the first time. {@link parseStatement} needs it. */
export async function loadPostgresParser(): Promise<void> {
  await loadModule();
}

/**
 * Parses one statement. What the splitter took for one and the parser for several (or none) is told as an error too: the
 * runner would send something else than was judged.
 */
export function parseStatement(text: string): ParsedStatement {
  try {
    const { stmts = [] } = parseSync(text);
    const node = stmts[0]?.stmt;
    if (stmts.length === 1 && node !== undefined) return { isOk: true, node };
    return { isOk: false, message: `read as ${stmts.length} statements`, offset: 0 };
  } catch (error) {
    // The parser runs on a stack of its own, which a sum of fifty thousand terms exhausts; the next statement is read well.
    if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')) {
      return { isOk: false, message: 'it is nested too deeply', offset: 0 };
    }
    if (!hasSqlDetails(error)) throw error;
    const position = Math.max(0, error.sqlDetails?.cursorPosition ?? 0);
    // The parser counts code points, the text UTF-16 units.
    return { isOk: false, message: error.message, offset: [...text].slice(0, position).join('').length };
  }
}
