import { Button, Group, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { explain, listServices } from '../../api/generated/grey.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { DecisionCard } from './decision-card.tsx';
import { type ExplainQuestion, parseRequestMetadata, readExplainRequest, toRouteRequest } from './explain-request.ts';
import { ExplainSteps } from './explain-steps.tsx';

/** Why a request goes where it goes. The question is in the URL, so the answer can be sent to a colleague. */
export function ExplainPage() {
  const { t } = useTranslation();
  const question = useSearch({ from: '/shell/explain' });
  const request = toRouteRequest(question);
  const answer = useQuery({
    queryKey: ['explain', request],
    queryFn: ({ signal }) => (request ? explain(request, { signal }) : Promise.reject(new Error('no question'))),
    enabled: request !== undefined,
    staleTime: 0,
    retry: false,
  });
  return (
    <>
      <PageHeader title={t('nav.explain')} note={t('explain.note')} />
      <Group align="flex-start" gap="md" wrap="wrap">
        <QuestionForm key={JSON.stringify(question)} question={question} onAgain={() => void answer.refetch()} />
        <Stack style={{ flex: '1 1 420px' }} gap="sm" aria-live="polite">
          {!request && <Empty>{t('explain.ask')}</Empty>}
          {request && answer.isPending && <Loading what={t('explain.decision')} />}
          {answer.isError && <Failure error={answer.error} onRetry={() => void answer.refetch()} />}
          {answer.data && (
            <>
              <DecisionCard decision={answer.data.decision} />
              <Title order={2}>{t('explain.steps')}</Title>
              <ExplainSteps steps={answer.data.steps} />
            </>
          )}
        </Stack>
      </Group>
    </>
  );
}

function QuestionForm({ question, onAgain }: { question: ExplainQuestion; onAgain: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/explain' });
  const services = useQuery({
    queryKey: ['services', { all: true }],
    queryFn: ({ signal }) => listServices({ limit: 1000 }, { signal }),
  });
  const { register, handleSubmit, formState } = useForm<Required<ExplainQuestion>>({
    defaultValues: {
      tenantId: question.tenantId ?? '',
      serviceName: question.serviceName ?? '',
      metadata: question.metadata ?? '',
    },
  });
  const { errors } = formState;
  const required = t('form.required');
  const ask = (fields: Required<ExplainQuestion>) => {
    const next = readExplainRequest({ ...fields });
    if (JSON.stringify(next) === JSON.stringify(question)) onAgain();
    else void navigate({ search: next });
  };
  return (
    <form className="panel" onSubmit={handleSubmit(ask)} style={{ flex: '0 0 320px' }} noValidate>
      <Stack gap="sm">
        <TextInput
          label={t('terms.tenant')}
          autoComplete="off"
          error={errors.tenantId?.message}
          {...register('tenantId', { required })}
        />
        <TextInput
          label={t('terms.service')}
          autoComplete="off"
          list="explain-services"
          error={errors.serviceName?.message}
          {...register('serviceName', { required })}
        />
        <datalist id="explain-services">
          {services.data?.items.map(({ id }) => (
            <option key={id} value={id} />
          ))}
        </datalist>
        <Textarea
          label={t('explain.metadata')}
          description={t('explain.metadataRule')}
          autosize
          minRows={3}
          maxRows={10}
          classNames={{ input: 'mono' }}
          error={errors.metadata?.message}
          {...register('metadata', {
            validate: (text) => parseRequestMetadata(text) !== undefined || t('explain.metadataRule'),
          })}
        />
        <Button type="submit">{t('explain.submit')}</Button>
        <Text size="xs" c="dimmed">
          {t('explain.harmless')}
        </Text>
      </Stack>
    </form>
  );
}
