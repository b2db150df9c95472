import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { type Condition as EngineCondition, parseCel, printCel } from '@grey/route-core';
import { Text } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CelFault, celExtensions } from './cel-editor-setup.ts';
import { useRulesContext } from './rules-context.tsx';

interface CelEditorProps {
  label: string;
  /** The condition when the editor opens; later ones come from the editor itself. */
  initial: EngineCondition | null;
  /** What the text means, or why it cannot be read. */
  onChange: (condition: EngineCondition | null, fault: string | null) => void;
}

function faultOf(text: string): CelFault | null {
  const parsed = parseCel(text);
  return parsed.ok ? null : parsed;
}

/** A condition as CEL text, with completion, and a mark where it cannot be read. */
export function CelEditor({ label, initial, onChange }: CelEditorProps) {
  const { t } = useTranslation();
  const { headerNames } = useRulesContext();
  const host = useRef<HTMLDivElement>(null);
  const hintId = useId();
  const [fault, setFault] = useState<CelFault | null>(null);
  // The editor is made once; it reaches what changes through these.
  const latest = useRef({ headerNames, onChange });
  latest.current = { headerNames, onChange };
  const first = useRef({ initial, label, phrases: { 'No diagnostics': t('rules.cel.noFaults') } });

  useEffect(() => {
    if (!host.current) return;
    const take = (text: string) => {
      const isEmpty = text.trim() === '';
      const parsed = isEmpty ? null : parseCel(text);
      setFault(parsed && !parsed.ok ? parsed : null);
      if (parsed && !parsed.ok) latest.current.onChange(null, parsed.message);
      else latest.current.onChange(parsed?.condition ?? null, null);
    };
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current.initial ? printCel(first.current.initial) : '',
        extensions: celExtensions({
          label: first.current.label,
          describedBy: hintId,
          phrases: first.current.phrases,
          headerNames: () => latest.current.headerNames,
          faultOf,
          onText: take,
        }),
      }),
    });
    return () => view.destroy();
  }, [hintId]);

  return (
    <div>
      <div ref={host} className="cel-editor" data-invalid={fault !== null} />
      <Text id={hintId} size="xs" c="dimmed" mt={4}>
        {t('rules.cel.hint')}
      </Text>
      {fault && (
        <Text size="xs" c="var(--bad)" role="alert" mt={2}>
          {t('rules.cel.fault', { at: fault.offset + 1, message: fault.message })}
        </Text>
      )}
    </div>
  );
}
