/** Words in colour, or plain where there are none. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const wrap = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const plain = (text: string) => text;

const coloured: Paint = {
  good: wrap(32, 39),
  bad: wrap(31, 39),
  warn: wrap(33, 39),
  dim: wrap(2, 22),
  bold: wrap(1, 22),
};
const uncoloured: Paint = { good: plain, bad: plain, warn: plain, dim: plain, bold: plain };

export function paintOf({ hasColours }: { readonly hasColours: boolean }): Paint {
  return hasColours ? coloured : uncoloured;
}

/**
 * Text of the server without control characters: a name or a reason must not move the cursor or colour what follows.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}');
}
