import './history.css';
import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty } from '../../parts/states.tsx';
import { useMe } from '../access/me.ts';
import { ChangesTabs } from '../changes/changes-tabs.tsx';
import { ErasePerson } from './erase-person.tsx';
import { ExportLog } from './export-log.tsx';
import { VerifyChain } from './verify-chain.tsx';

/** Is the log what was written, getting it out, and taking a person out of it. */
export function AuditPage() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  return (
    <>
      <PageHeader title={t('audit.title')} note={t('audit.note')} />
      <ChangesTabs />
      {me && !me.permissions.includes('audit.read') && <Empty>{t('audit.notYours')}</Empty>}
      {me?.permissions.includes('audit.read') && (
        <Stack gap="md">
          <VerifyChain />
          <ExportLog />
          {me.permissions.includes('audit.erase') && <ErasePerson />}
        </Stack>
      )}
    </>
  );
}
