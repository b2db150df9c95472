import { Button, Group, NativeSelect, Stack, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { previewMessage } from '../../api/generated/grey.ts';
import type { NotificationLanguage } from '../../api/generated/model/index.ts';
import { Failure } from '../../parts/states.tsx';
import type { PartProps } from './channel-form.tsx';

const placeholders = [
  'title',
  'kind',
  'actor',
  'reason',
  'services',
  'itemCount',
  'tenantCount',
  'moves',
  'at',
  'changeId',
] as const;

/** The words of a message, and what they make of an example. A CloudEvent has none: programs read it. */
export function TemplateField({ fields, set, fault }: PartProps) {
  const { t } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const hasWords = fields.kind !== 'cloudevents';
  const insert = (name: string) => {
    const at = area.current?.selectionStart ?? fields.template.length;
    const end = area.current?.selectionEnd ?? at;
    set({ template: `${fields.template.slice(0, at)}{{${name}}}${fields.template.slice(end)}` });
    area.current?.focus();
  };
  return (
    <Stack gap="xs">
      {hasWords && (
        <>
          <NativeSelect
            label={t('channels.language')}
            w={160}
            value={fields.language}
            onChange={(event) => set({ language: event.currentTarget.value as NotificationLanguage })}
            data={[
              { value: 'en', label: t('channels.languages.en') },
              { value: 'zh', label: t('channels.languages.zh') },
            ]}
          />
          <Textarea
            ref={area}
            label={t('channels.template')}
            description={t('channels.templateRule')}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={2_000}
            classNames={{ input: 'mono' }}
            value={fields.template}
            error={fault('template')}
            onChange={(event) => set({ template: event.currentTarget.value })}
          />
          <Group gap={4} role="group" aria-label={t('channels.placeholders')}>
            {placeholders.map((name) => (
              <Button key={name} variant="default" size="compact-xs" onClick={() => insert(name)}>
                {`{{${name}}}`}
              </Button>
            ))}
          </Group>
        </>
      )}
      <Preview fields={fields} />
    </Stack>
  );
}

function Preview({ fields: { kind, language, template } }: Pick<PartProps, 'fields'>) {
  const { t } = useTranslation();
  const words = kind === 'cloudevents' || template.trim() === '' ? null : template;
  const [settled] = useDebouncedValue(words, 300);
  const body = { format: kind, language, template: settled };
  const preview = useQuery({
    queryKey: ['message-preview', body],
    queryFn: ({ signal }) => previewMessage(body, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // The event is long, and programs read it: it is unfolded when somebody wants to see it.
  return (
    <details key={kind} className="fold" open={kind !== 'cloudevents'}>
      <summary>{t('channels.preview')}</summary>
      {preview.isError && <Failure error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.data && (
        <div className="panel message-preview" data-testid="preview">
          {preview.data.title !== null && <strong>{preview.data.title}</strong>}
          <pre>{preview.data.text}</pre>
        </div>
      )}
    </details>
  );
}
