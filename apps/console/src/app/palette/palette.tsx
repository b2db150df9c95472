import { Modal, TextInput } from '@mantine/core';
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReturnedFocus } from '../../parts/use-returned-focus.ts';
import './palette.css';
import { filterGroups, type PaletteGroup, type PaletteItem, stepFrom } from './palette-items.ts';
import { useCommands } from './use-commands.ts';
import { useFoundGroups } from './use-found-groups.ts';

/** At once: the dialog's own focus comes a moment later, and a quick Enter would press whatever lies below. */
function takeKeyboard(field: HTMLInputElement | null): void {
  field?.focus();
}

/** Goes to any page, service or tenant, and begins an emergency rollback, by the keyboard alone. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  useReturnedFocus();
  const [typed, setTyped] = useState('');
  const [index, setIndex] = useState(0);
  const commands = useCommands();
  const found = useFoundGroups(typed);
  const groups = [...filterGroups(commands, typed), ...found.groups];
  const items = groups.flatMap((group) => group.items);
  const current = items[Math.min(index, items.length - 1)];
  const id = useId();
  const idOf = (item: PaletteItem) => `${id}-${item.id}`;
  const currentId = current && idOf(current);
  useEffect(() => {
    if (currentId) document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' });
  }, [currentId]);
  const run = (item: PaletteItem) => {
    onClose();
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setIndex(stepFrom(index, 1, items.length));
    else if (event.key === 'ArrowUp') setIndex(stepFrom(index, -1, items.length));
    else if (event.key === 'Enter' && current) run(current);
    else return;
    event.preventDefault();
  };
  return (
    <Modal.Root opened onClose={onClose} size={560} yOffset="12vh" transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.title')}>
        <Modal.Body p={0}>
          <TextInput
            ref={takeKeyboard}
            size="md"
            className="palette-field"
            aria-label={t('palette.field')}
            placeholder={t('palette.field')}
            data-autofocus
            role="combobox"
            aria-expanded
            aria-autocomplete="list"
            aria-controls={id}
            aria-activedescendant={currentId}
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              setIndex(0);
            }}
            onKeyDown={onKeyDown}
          />
          <div className="palette-list" role="listbox" id={id} aria-label={t('palette.title')}>
            {groups.map((group) => (
              <PaletteGroupView key={group.id} group={group} current={current} idOf={idOf} onRun={run} />
            ))}
          </div>
          <p className="palette-foot" role="status">
            {items.length === 0 && !found.isSearching && t('palette.nothing')}
            {found.isSearching && t('palette.searching')}
            {found.hasFailed && t('palette.noSearch')}
          </p>
          <p className="palette-foot">{t('palette.hint')}</p>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

interface PaletteGroupViewProps {
  group: PaletteGroup;
  current: PaletteItem | undefined;
  idOf: (item: PaletteItem) => string;
  onRun: (item: PaletteItem) => void;
}

function PaletteGroupView({ group, current, idOf, onRun }: PaletteGroupViewProps) {
  return (
    <div role="group" aria-label={group.label}>
      <div className="palette-group" aria-hidden="true">
        {group.label}
      </div>
      {group.items.map((item) => (
        <button
          type="button"
          tabIndex={-1}
          key={item.id}
          id={idOf(item)}
          role="option"
          className="palette-item"
          data-tone={item.tone}
          aria-selected={item === current}
          onClick={() => onRun(item)}
        >
          <span>{item.label}</span>
          {item.note && <span className="palette-note">{item.note}</span>}
        </button>
      ))}
    </div>
  );
}
