import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  keymap,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { celCalls, celMaps, celMethods, celTexts, completeCel } from './cel-words.ts';

const variables = new Set<string>([...celMaps, ...celTexts, 'headers', 'cookies', 'uid']);
const calls = new Set<string>([...Object.keys(celCalls), ...Object.keys(celMethods)]);
const words = new MatchDecorator({
  regexp: /'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?|\b\d+(?:\.\d+)?\b|\b[A-Za-z_]\w*\b/g,
  decoration: ([text]) => {
    const kind = kindOf(text);
    return kind ? Decoration.mark({ class: `cel-${kind}` }) : null;
  },
});

function kindOf(text: string): string | undefined {
  if (/^['"]/.test(text)) return 'text';
  if (/^\d/.test(text) || text === 'true' || text === 'false' || text === 'null') return 'constant';
  if (variables.has(text)) return 'variable';
  return calls.has(text) || text === 'in' ? 'call' : undefined;
}

const highlighting = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = words.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = words.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** What is wrong with a text, and where. */
export interface CelFault {
  readonly message: string;
  readonly offset: number;
}

/** The console's colours, which follow light and dark by themselves. */
const theme = EditorView.theme({
  '&': { minHeight: '96px', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-1px' },
  '.cm-content': { fontFamily: 'var(--mantine-font-family-monospace)', caretColor: 'currentColor' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'currentColor' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'var(--select)',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    background: 'var(--surface-raised)',
    color: 'var(--mantine-color-text)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    background: 'var(--select)',
    color: 'var(--mantine-color-text)',
  },
});

export interface CelEditorSetup {
  readonly label: string;
  readonly describedBy: string;
  readonly headerNames: () => readonly string[];
  readonly faultOf: (text: string) => CelFault | null;
  readonly onText: (text: string) => void;
  /** CodeMirror's own words in the operator's language. */
  readonly phrases: Record<string, string>;
}

/** Everything that makes a text field an editor of CEL. Tab goes on to the next field: the keyboard is never caught. */
export function celExtensions({
  label,
  describedBy,
  headerNames,
  faultOf,
  onText,
  phrases,
}: CelEditorSetup): Extension {
  return [
    theme,
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    highlighting,
    EditorView.lineWrapping,
    EditorState.phrases.of(phrases),
    autocompletion({ override: [(context) => completeCel(context, headerNames())], icons: false }),
    linter((view) => diagnose(view, faultOf), { delay: 250 }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': describedBy, spellcheck: 'false' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onText(update.state.doc.toString());
    }),
  ];
}

function diagnose(view: EditorView, faultOf: CelEditorSetup['faultOf']): Diagnostic[] {
  const { doc } = view.state;
  const fault = doc.toString().trim() === '' ? null : faultOf(doc.toString());
  if (!fault) return [];
  const from = Math.max(0, Math.min(fault.offset, doc.length - 1));
  const word = view.state.wordAt(from);
  return [{ from, to: word?.to ?? Math.min(doc.length, from + 1), severity: 'error', message: fault.message }];
}
