import { Group, Text } from '@mantine/core';
import { type KeyboardEvent, type MouseEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Draft, type Passage, passageOf } from './compatibility-draft.ts';
import './compatibility.css';

interface TransitionGridProps {
  draft: Draft;
  /** Undefined: to be read only. */
  onToggle: ((from: string, to: string) => void) | undefined;
}

const toneOf = ({ isAllowed, because }: Passage) =>
  isAllowed ? (because === 'listed' ? 'good' : 'plain') : because === 'breaking' ? 'warn' : 'bad';
const markOf = ({ isAllowed, because }: Passage) => (isAllowed ? (because === 'listed' ? '✓' : '·') : '✕');
const cellId = (row: number, column: number) => `passage-${row}-${column}`;

/** Versions by versions: a row is what a tenant leaves, a column what it enters. One stop of the keyboard, arrows inside. */
export function TransitionGrid({ draft, onToggle }: TransitionGridProps) {
  const { t } = useTranslation();
  const [asked, setActive] = useState({ row: 0, column: 1 });
  const last = draft.length - 1;
  const active = { row: Math.min(asked.row, last), column: Math.min(asked.column, last) };
  const [from, to] = [draft[active.row], draft[active.column]];
  const words = (passage: Passage) =>
    `${t(`compatibility.because.${passage.because}`)}${passage.migrates ? ` ${t('compatibility.migrates')}` : ''}`;
  const toggle = (row: number, column: number) => {
    const [left, entered] = [draft[row], draft[column]];
    if (left && entered && row !== column) onToggle?.(left.version, entered.version);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') toggle(active.row, active.column);
    else {
      const next = moveBy(event.key, active, last);
      if (!next) return;
      setActive(next);
      document.getElementById(cellId(next.row, next.column))?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-passage]');
    if (!cell) return;
    const at = { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
    setActive(at);
    toggle(at.row, at.column);
  };
  return (
    <>
      <div className="passages-frame">
        <table
          className="passages"
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table that the keyboard walks
          role="grid"
          tabIndex={0}
          aria-label={t('compatibility.grid')}
          aria-readonly={!onToggle}
          aria-activedescendant={cellId(active.row, active.column)}
          onKeyDown={onKeyDown}
          onClick={onClick}
        >
          <thead>
            <tr>
              <th scope="col">{t('compatibility.fromTo')}</th>
              {draft.map(({ version }) => (
                <th key={version} scope="col" className="mono">
                  {version}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {draft.map((left, row) => (
              <tr key={left.version}>
                <th scope="row" className="mono">
                  {left.version}
                </th>
                {draft.map((entered, column) => {
                  const isSame = row === column;
                  const passage = passageOf(left, entered);
                  return (
                    <td
                      key={entered.version}
                      id={cellId(row, column)}
                      data-passage
                      data-row={row}
                      data-column={column}
                      data-tone={isSame ? 'same' : toneOf(passage)}
                      data-active={row === active.row && column === active.column}
                      aria-label={
                        isSame
                          ? t('compatibility.same')
                          : `${t('compatibility.passage', { from: left.version, to: entered.version })}: ${words(passage)}`
                      }
                    >
                      {!isSame && (
                        <span aria-hidden="true">
                          {markOf(passage)}
                          {passage.migrates && <span className="passage-migrates">{'⇪'}</span>}
                        </span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Group justify="space-between" gap="md" mt={6}>
        <Text size="sm" role="status" data-testid="passage">
          {from && to && from !== to ? (
            <>
              <span className="mono">{`${from.version} → ${to.version}`}</span> {words(passageOf(from, to))}
            </>
          ) : (
            t('compatibility.same')
          )}
        </Text>
        <Text size="xs" c="dimmed">
          {t('compatibility.legend')} {onToggle && t('compatibility.keys')}
        </Text>
      </Group>
    </>
  );
}

function moveBy(key: string, { row, column }: { row: number; column: number }, last: number) {
  const clamp = (value: number) => Math.max(0, Math.min(last, value));
  if (key === 'ArrowUp') return { row: clamp(row - 1), column };
  if (key === 'ArrowDown') return { row: clamp(row + 1), column };
  if (key === 'ArrowLeft') return { row, column: clamp(column - 1) };
  if (key === 'ArrowRight') return { row, column: clamp(column + 1) };
  if (key === 'Home') return { row, column: 0 };
  if (key === 'End') return { row, column: last };
  return undefined;
}
