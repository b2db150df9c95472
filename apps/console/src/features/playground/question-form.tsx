import { Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { listServices, listTenants } from '../../api/generated/grey.ts';
import type { Question, QuestionFaults, QuestionField } from './playground-question.ts';

interface QuestionFormProps {
  question: Question;
  faults: QuestionFaults;
  onChange: (question: Question) => void;
}

const texts = ['user', 'session', 'ip', 'region'] as const;
const lists = ['headers', 'cookies', 'query', 'attributes'] as const;
const methods = ['', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The request, as much of it as is known. Every keystroke is answered: nothing has to be sent. */
export function QuestionForm({ question, faults, onChange }: QuestionFormProps) {
  const { t } = useTranslation();
  const services = useQuery({
    queryKey: ['services', { all: true }],
    queryFn: ({ signal }) => listServices({ limit: 1000 }, { signal }),
  });
  const [typed] = useDebouncedValue(question.tenant?.trim() ?? '', 250);
  const tenants = useQuery({
    queryKey: ['tenants', { search: typed, limit: 20 }],
    queryFn: ({ signal }) => listTenants({ ...(typed ? { search: typed } : {}), limit: 20 }, { signal }),
  });
  const field = (name: Exclude<QuestionField, 'draft'>) => ({
    label: t(`playground.field.${name}`),
    value: question[name] ?? '',
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...question, [name]: event.currentTarget.value }),
    error: faults[name] && t(`playground.fault.${faults[name]}`),
  });
  return (
    <form className="panel question-form" onSubmit={(event) => event.preventDefault()} noValidate>
      <Stack gap="xs">
        <TextInput {...field('service')} list="playground-services" autoComplete="off" required withAsterisk={false} />
        <datalist id="playground-services">
          {services.data?.items.map(({ id }) => (
            <option key={id} value={id} />
          ))}
        </datalist>
        <TextInput {...field('tenant')} list="playground-tenants" autoComplete="off" required withAsterisk={false} />
        <datalist id="playground-tenants">
          {tenants.data?.items.map(({ id, name }) => (
            <option key={id} value={id} label={name} />
          ))}
        </datalist>
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <NativeSelect
            {...field('method')}
            w={96}
            data={methods.map((value) => ({ value, label: value || t('state.none') }))}
          />
          <TextInput {...field('path')} flex={1} autoComplete="off" classNames={{ input: 'mono' }} />
        </Group>
        <div className="field-pair">
          {texts.map((name) => (
            <TextInput key={name} {...field(name)} autoComplete="off" />
          ))}
        </div>
        {lists.map((name) => (
          <Textarea key={name} {...field(name)} autosize minRows={1} maxRows={8} classNames={{ input: 'mono' }} />
        ))}
        <Text size="xs" c="dimmed">
          {t('playground.linesRule')}
        </Text>
        <Textarea {...field('claims')} autosize minRows={1} maxRows={10} classNames={{ input: 'mono' }} />
        <div className="field-pair">
          <TextInput {...field('tag')} autoComplete="off" />
          <TextInput {...field('token')} autoComplete="off" />
        </div>
        <TextInput {...field('at')} autoComplete="off" placeholder={t('playground.now')} />
        <Group gap="xs">
          <Button variant="default" size="compact-xs" onClick={() => onChange(only(question, ['service', 'tenant']))}>
            {t('playground.clear')}
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {t('playground.harmless')}
        </Text>
      </Stack>
    </form>
  );
}

function only(question: Question, fields: readonly QuestionField[]): Question {
  return Object.fromEntries(Object.entries(question).filter(([name]) => fields.includes(name as QuestionField)));
}
