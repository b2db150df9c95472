import { isEnded, transitions } from './upgrade-machine.ts';

/** What stands before and after the diagram in docs/guides/upgrades.md. */
export const DIAGRAM_BEGIN = '<!-- generated from apps/api/src/upgrades/upgrade-machine.ts; `generate` writes it -->';
export const DIAGRAM_END = '<!-- end of what is generated -->';

/** The table of the machine as a Mermaid state diagram; ways between the same two states are one arrow. Pure. */
export function drawMachine(): string {
  const arrows = new Map<string, string[]>();
  for (const { from, event, to, when } of transitions) {
    const arrow = `${from} --> ${to}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), when === undefined ? event : `${event} [${when}]`]);
  }
  // A colon ends the label's place in Mermaid's syntax.
  const lines = [...arrows].map(([arrow, labels]) => `    ${arrow} : ${labels.join('<br>').replaceAll(': ', ' ')}`);
  const ends = [...new Set(transitions.map(({ to }) => to))].filter(isEnded).map((state) => `    ${state} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', '    [*] --> queued', ...lines, ...ends, '```'].join('\n');
}

/** @param document with the two marks @returns it with the diagram as it is now between them */
export function withDiagram(document: string): string {
  const begin = document.indexOf(DIAGRAM_BEGIN);
  const end = document.indexOf(DIAGRAM_END);
  if (begin < 0 || end < begin) throw new Error('the document has no place for the diagram');
  return `${document.slice(0, begin)}${DIAGRAM_BEGIN}\n${drawMachine()}\n${document.slice(end)}`;
}
