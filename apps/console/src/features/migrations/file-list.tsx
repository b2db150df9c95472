import { Button, FileButton, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MigrationFile } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { readChosen, readDropped } from './read-dropped.ts';

interface FileListProps {
  files: readonly MigrationFile[];
  onChange: (files: readonly MigrationFile[]) => void;
  /** Files of whatever kind, as they were dropped or chosen. */
  onAdd: (files: MigrationFile[]) => void;
  onPaste: () => void;
}

/** Takes files by drop, by choice or by paste, and lets each be looked at and changed before it is checked. */
export function FileList({ files, onChange, onAdd, onPaste }: FileListProps) {
  const { t } = useTranslation();
  const [isOver, setOver] = useState(false);
  // One at a time, by its place: the name is what may be edited.
  const [openAt, setOpenAt] = useState<number | null>(null);
  const folder = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void readDropped(event.dataTransfer.items).then(onAdd);
  };
  const replace = (index: number, file: MigrationFile) =>
    onChange(files.map((one, place) => (place === index ? file : one)));
  return (
    <Stack gap="xs">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a short cut; the buttons inside do the same */}
      <div
        className="drop-zone"
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Group gap="xs">
          <Text size="sm">{t('migrations.dropHere')}</Text>
          <FileButton
            multiple
            accept=".sql,.conf"
            onChange={(chosen) => void readChosen(chosen).then(onAdd)}
            inputProps={{ 'aria-label': t('migrations.chooseFiles') }}
          >
            {(props) => (
              <Button variant="default" {...props}>
                {t('migrations.chooseFiles')}
              </Button>
            )}
          </FileButton>
          <input
            ref={folder}
            type="file"
            hidden
            aria-label={t('migrations.chooseFolder')}
            // React knows the name only in this form.
            {...{ webkitdirectory: '' }}
            onChange={(event) => {
              const chosen = [...(event.currentTarget.files ?? [])];
              event.currentTarget.value = '';
              void readChosen(chosen).then(onAdd);
            }}
          />
          <Button variant="default" onClick={() => folder.current?.click()}>
            {t('migrations.chooseFolder')}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              setOpenAt(files.length);
              onPaste();
            }}
          >
            {t('migrations.paste')}
          </Button>
        </Group>
        <Text size="xs" c="dimmed" mt={4}>
          {t('migrations.fileRule')}
        </Text>
      </div>
      <div className="file-list">
        {files.map((file, index) => (
          <FileRow
            key={index}
            file={file}
            isOpen={openAt === index}
            onToggle={() => setOpenAt(openAt === index ? null : index)}
            onChange={(next) => replace(index, next)}
            onRemove={() => {
              setOpenAt(null);
              onChange(files.filter((_, place) => place !== index));
            }}
          />
        ))}
      </div>
    </Stack>
  );
}

interface FileRowProps {
  file: MigrationFile;
  isOpen: boolean;
  onToggle: () => void;
  onChange: (file: MigrationFile) => void;
  onRemove: () => void;
}

function FileRow({ file, isOpen, onToggle, onChange, onRemove }: FileRowProps) {
  const { t } = useTranslation();
  const { bytes } = useFormat();
  return (
    <div className="file-row">
      <TextInput
        aria-label={t('migrations.pathOf', { path: file.path })}
        classNames={{ input: 'mono' }}
        maxLength={255}
        spellCheck={false}
        value={file.path}
        onChange={(event) => onChange({ ...file, path: event.currentTarget.value })}
      />
      <Text size="xs" c="dimmed" ta="right">
        {bytes(new Blob([file.text]).size)}
      </Text>
      <Group gap={4} wrap="nowrap">
        <Button variant="default" size="compact-xs" aria-expanded={isOpen} onClick={onToggle}>
          {isOpen ? t('migrations.hideText') : t('migrations.showText')}
        </Button>
        <Button
          variant="default"
          size="compact-xs"
          aria-label={t('migrations.removeFileOf', { path: file.path })}
          onClick={onRemove}
        >
          {t('migrations.removeFile')}
        </Button>
      </Group>
      {isOpen && (
        <Textarea
          className="file-text"
          aria-label={t('migrations.textOf', { path: file.path })}
          classNames={{ input: 'mono' }}
          autosize
          minRows={3}
          maxRows={18}
          spellCheck={false}
          value={file.text}
          onChange={(event) => onChange({ ...file, text: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
