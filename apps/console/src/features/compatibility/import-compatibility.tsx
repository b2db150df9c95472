import { Button, FileButton, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { importCompatibility } from '../../api/generated/grey.ts';
import type { Compatibility, Fault } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { lineOf, offsetsOf } from './fault-place.ts';
import { compareFile } from './summarise.ts';

/** A file is checked first: where it is wrong, or what it would change. Taking it is one change. */
export function ImportCompatibility({ said, onClose }: { said: readonly Compatibility[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const keyFor = useIdempotencyKey();
  const text = useRef<HTMLTextAreaElement>(null);
  const [content, setContent] = useState('');
  const [reason, setReason] = useState('');
  const check = useMutation({ mutationFn: () => importCompatibility({ content, isCheckOnly: true }) });
  const take = useWatchedChange([['compatibility'], ['changes']], onClose);
  const paste = (next: string) => {
    setContent(next);
    check.reset();
    take.reset();
  };
  const changes = check.data && compareFile(said, check.data.items);
  const touched = changes?.filter((one) => one.added.length + one.changed.length + one.removed.length > 0) ?? [];
  const faults = check.error instanceof ApiProblem ? (check.error.problem.errors ?? []) : [];
  const goTo = (line: number) => {
    const [from, to] = offsetsOf(content, line);
    text.current?.focus();
    text.current?.setSelectionRange(from, to);
  };
  return (
    <Dialog onClose={onClose} size={820} title={t('compatibility.importTitle')} closesOnClickOutside={false}>
      <Stack gap="sm">
        <Text size="sm">{t('compatibility.importMeans')}</Text>
        <Textarea
          ref={text}
          label={t('compatibility.importContent')}
          data-autofocus
          autosize
          minRows={8}
          maxRows={18}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          value={content}
          onChange={(event) => paste(event.currentTarget.value)}
        />
        <Group gap="xs">
          <FileButton
            accept=".yaml,.yml,text/yaml,application/yaml"
            onChange={(file) => void file?.text().then((read) => paste(read))}
          >
            {(props) => (
              <Button variant="default" {...props}>
                {t('compatibility.chooseFile')}
              </Button>
            )}
          </FileButton>
          <Button disabled={content.trim() === ''} loading={check.isPending} onClick={() => check.mutate()}>
            {t('compatibility.check')}
          </Button>
        </Group>
        {check.isError && faults.length === 0 && <Failure error={check.error} />}
        {faults.length > 0 && <FaultList faults={faults} onGo={goTo} />}
        {changes && (
          <div role="status">
            <Text size="sm" fw={600}>
              {touched.length === 0
                ? t('compatibility.importNothing', { all: number(changes.length) })
                : t('compatibility.importChanges', { count: touched.length, all: number(changes.length) })}
            </Text>
            <ul className="import-changes">
              {touched.map(({ serviceId, added, changed, removed }) => (
                <li key={serviceId}>
                  <span className="mono">{serviceId}</span>{' '}
                  {(
                    [
                      ['added', added],
                      ['changed', changed],
                      ['removed', removed],
                    ] as const
                  )
                    .filter(([, versions]) => versions.length > 0)
                    .map(([kind, versions]) => t(`compatibility.file.${kind}`, { versions: versions.join(', ') }))
                    .join(' · ')}
                </li>
              ))}
            </ul>
          </div>
        )}
        {touched.length > 0 && (
          <TextInput
            label={t('confirm.reason')}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {take.isError && <Failure error={take.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            disabled={touched.length === 0}
            loading={take.isPending}
            onClick={() => {
              const body = { content, ...(reason.trim() ? { reason: reason.trim() } : {}) };
              take.mutate({
                call: (params, init) => importCompatibility(body, params, init),
                headers: { 'idempotency-key': keyFor(body) },
                done: t('compatibility.imported', { services: number(touched.length) }),
              });
            }}
          >
            {t('compatibility.importTake')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function FaultList({ faults, onGo }: { faults: readonly Fault[]; onGo: (line: number) => void }) {
  const { t } = useTranslation();
  return (
    <div className="panel" data-tone="bad" role="alert">
      <Text size="sm" fw={600}>
        {t('compatibility.importFaults', { count: faults.length })}
      </Text>
      <ul className="import-changes">
        {faults.map((fault) => {
          const line = lineOf(fault.message);
          return (
            <li key={`${fault.path} ${fault.message}`}>
              {line !== undefined && (
                <Button variant="default" size="compact-xs" mr={6} onClick={() => onGo(line)}>
                  {t('compatibility.goToLine', { line })}
                </Button>
              )}
              <span className="mono">{fault.path.replace(/^content\.(compatibility_matrix\.)?/, '')}</span>{' '}
              {fault.message.replace(/^line \d+: /, '')}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
