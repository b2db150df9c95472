import { makeToken, type Token } from './token.ts';

/**
 * Says which semicolons end a statement: not those within brackets (`CREATE RULE … DO (a; b)`), nor those of a function
 * body written in SQL itself (`BEGIN ATOMIC … END`, PostgreSQL 14 and later), in which `CASE … END` nests. psql decides
 * the same way.
 */
export function markPostgresEnds(sql: string, tokens: readonly Token[]): Token[] {
  const marked: Token[] = [];
  let state = fresh();
  for (const token of tokens) {
    const text = sql.slice(token.start, token.end);
    if (token.kind === 'mark') {
      if (text === ';' && state.brackets === 0 && state.blocks === 0) {
        marked.push(makeToken('delimiter', token.start, token.end));
        state = fresh();
        continue;
      }
      if (text === '(') state.brackets++;
      if (text === ')') state.brackets = Math.max(0, state.brackets - 1);
    } else if (token.kind === 'word') follow(state, text.toLowerCase());
    marked.push(token);
  }
  return marked;
}

interface Nesting {
  brackets: number;
  /** `BEGIN ATOMIC` and every `CASE` inside it. */
  blocks: number;
  /** The first words, enough to tell `CREATE OR REPLACE FUNCTION`. */
  readonly opening: string[];
  previous: string;
}

function fresh(): Nesting {
  return { brackets: 0, blocks: 0, opening: [], previous: '' };
}

function follow(state: Nesting, word: string): void {
  if (state.opening.length < 4) state.opening.push(word);
  if (state.brackets === 0) {
    if (state.blocks > 0 && word === 'case') state.blocks++;
    else if (state.blocks > 0 && word === 'end') state.blocks--;
    else if (word === 'atomic' && state.previous === 'begin' && createsRoutine(state.opening)) state.blocks++;
  }
  state.previous = word;
}

function createsRoutine(opening: readonly string[]): boolean {
  const text = opening.join(' ');
  return /^create (or replace )?(function|procedure)\b/.test(text);
}
