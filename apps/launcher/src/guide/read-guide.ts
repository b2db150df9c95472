/** A fenced block of a guide. */
export interface Block {
  /** First word after the fence: `sh`, `json`, `text`, `sql`. */
  readonly language: string;
  /** `start=api-1` or `stop=api-1` after it: a program that goes on running under that name, or no longer. */
  readonly start: string | undefined;
  readonly stop: string | undefined;
  readonly text: string;
}

/** What stands under a heading of the second level whose title begins with a number. */
export interface Step {
  readonly title: string;
  readonly blocks: readonly Block[];
}

const FENCED = /^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm;

/** Reads the steps of a guide in Markdown, in their order. Headings without a number are not steps. */
export function readGuide(markdown: string): Step[] {
  return markdown
    .split(/^## /m)
    .filter((section) => /^\d+\. /.test(section))
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      blocks: [...section.matchAll(FENCED)].map(([, language = '', rest = '', text = '']) => ({
        language,
        start: /\bstart=(\S+)/.exec(rest)?.[1],
        stop: /\bstop=(\S+)/.exec(rest)?.[1],
        text,
      })),
    }));
}
