import './migrations.css';
import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getMigrationPolicy, putMigrationPolicy } from '../../api/generated/grey.ts';
import type { MigrationPolicy } from '../../api/generated/model/index.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { DatabasesTabs } from '../data-sources/databases-tabs.tsx';
import { useCodeWords } from './code-words.ts';
import {
  isSamePolicy,
  type PolicyFields,
  policyFieldsOf,
  type Ruling,
  ruledFirst,
  rulings,
  severities,
  toPolicy,
  withCode,
} from './policy-fields.ts';
import { RulingLabel } from './set-labels.tsx';

/** How strictly migrations are judged, for all services. */
export function PolicyPage() {
  const { t } = useTranslation();
  const policy = useQuery({
    queryKey: ['migration-policy'],
    queryFn: ({ signal }) => getMigrationPolicy({ signal }),
  });
  return (
    <>
      <PageHeader title={t('nav.databases')} note={t('migrationPolicy.note')} />
      <DatabasesTabs />
      {policy.isPending && <Loading what={t('migrationPolicy.title')} />}
      {policy.isError && <Failure error={policy.error} onRetry={() => void policy.refetch()} />}
      {/* Somebody else's policy begins the form anew; what was typed over another is not saved over it. */}
      {policy.data && <PolicyForm key={policy.data.etag} policy={policy.data} />}
    </>
  );
}

function PolicyForm({ policy }: { policy: MigrationPolicy }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayWrite = usePermission('migrations.write');
  const [fields, setFields] = useState<PolicyFields>(() => policyFieldsOf(policy));
  const [reason, setReason] = useState('');
  const save = useMutation({
    mutationFn: () => putMigrationPolicy(toPolicy(fields, reason), { headers: { 'if-match': policy.etag } }),
    onSuccess: async (saved) => {
      client.setQueryData(['migration-policy'], saved);
      await client.invalidateQueries({ queryKey: ['migrations'] });
      notifications.show({ message: t('migrationPolicy.saved') });
    },
  });
  const isChanged = !isSamePolicy(fields, policy);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{t('migrationPolicy.means')}</Text>
        <Group gap="sm" align="flex-end">
          {severities.map((severity) =>
            mayWrite ? (
              <NativeSelect
                key={severity}
                label={t(`migrationPolicy.severity.${severity}`)}
                w={170}
                value={fields.severities[severity]}
                onChange={(event) =>
                  setFields({
                    ...fields,
                    severities: { ...fields.severities, [severity]: event.currentTarget.value as Ruling },
                  })
                }
                data={rulings.map((value) => ({ value, label: t(`migrations.ruling.${value}`) }))}
              />
            ) : (
              <Group key={severity} gap={6}>
                <Text size="sm">{t(`migrationPolicy.severity.${severity}`)}</Text>
                <RulingLabel ruling={fields.severities[severity]} />
              </Group>
            ),
          )}
        </Group>
        <Checkbox
          label={t('migrationPolicy.honoursAccepts')}
          description={t('migrationPolicy.honoursAcceptsMeans')}
          disabled={!mayWrite}
          checked={fields.honoursAccepts}
          onChange={(event) => setFields({ ...fields, honoursAccepts: event.currentTarget.checked })}
        />
        <Title order={2}>{t('migrationPolicy.byCode')}</Title>
        <CodeTable policy={policy} fields={fields} mayWrite={mayWrite} onChange={setFields} />
        {save.isError && <Failure error={save.error} />}
        {mayWrite && isChanged && (
          <section className="tray" aria-label={t('migrationPolicy.title')}>
            <Group gap="xs" align="flex-end">
              <TextInput
                flex={1}
                label={t('confirm.reason')}
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              <Button variant="default" onClick={() => setFields(policyFieldsOf(policy))}>
                {t('pending.discard')}
              </Button>
              <Button type="submit" loading={save.isPending}>
                {t('action.save')}
              </Button>
            </Group>
          </section>
        )}
      </Stack>
    </form>
  );
}

interface CodeTableProps {
  policy: MigrationPolicy;
  fields: PolicyFields;
  mayWrite: boolean;
  onChange: (fields: PolicyFields) => void;
}

function CodeTable({ policy, fields, mayWrite, onChange }: CodeTableProps) {
  const { t } = useTranslation();
  const codeWords = useCodeWords();
  // In the order of what is saved: a row must not jump away under the hand that changes it.
  const rows = ruledFirst(policy.knownCodes, policy).map((code) => ({ code }));
  const columns: DataColumn<{ code: string }>[] = [
    { id: 'code', header: t('migrationPolicy.code'), cell: ({ code }) => <span className="mono">{code}</span> },
    { id: 'means', header: t('migrationPolicy.codeMeans'), isWrapping: true, cell: ({ code }) => codeWords(code) },
    {
      id: 'ruling',
      header: t('migrationPolicy.ruling'),
      width: 200,
      cell: ({ code }) =>
        mayWrite ? (
          <NativeSelect
            aria-label={t('migrationPolicy.rulingOf', { code })}
            value={fields.codes[code] ?? ''}
            onChange={(event) => onChange(withCode(fields, code, (event.currentTarget.value || null) as Ruling | null))}
            data={[
              { value: '', label: t('migrationPolicy.bySeverity') },
              ...rulings.map((value) => ({ value, label: t(`migrations.ruling.${value}`) })),
            ]}
          />
        ) : (
          <OwnRuling ruling={fields.codes[code]} />
        ),
    },
  ];
  return (
    <DataTable
      label={t('migrationPolicy.byCode')}
      columns={columns}
      rows={rows}
      rowKey={({ code }) => code}
      rowHeight={39}
      maxHeight={520}
      isPending={({ code }) => fields.codes[code] !== policy.codes[code]}
    />
  );
}

/** For who may only look. */
function OwnRuling({ ruling }: { ruling: Ruling | undefined }) {
  const { t } = useTranslation();
  return ruling ? <RulingLabel ruling={ruling} /> : <span className="dimmed">{t('migrationPolicy.bySeverity')}</span>;
}
