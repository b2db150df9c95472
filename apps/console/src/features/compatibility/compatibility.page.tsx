import { Anchor, Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exportCompatibility, listCompatibility, listServices } from '../../api/generated/grey.ts';
import { useFormat } from '../../i18n/format.ts';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import './compatibility.css';
import { CompatibilityTabs } from './compatibility-tabs.tsx';
import { ImportCompatibility } from './import-compatibility.tsx';
import { saveFile } from './save-file.ts';
import { type SaidOfService, summarise } from './summarise.ts';
import { wordRange } from './version-facts.tsx';

/** What is said of every service, and the whole of it as a file. */
export function CompatibilityPage() {
  const { t } = useTranslation();
  const { number, dateTime } = useFormat();
  const mayWrite = usePermission('services.write');
  const [isImporting, setImporting] = useState(false);
  const said = useQuery({ queryKey: ['compatibility'], queryFn: ({ signal }) => listCompatibility({ signal }) });
  const services = useQuery({
    queryKey: ['services', { all: true }],
    queryFn: ({ signal }) => listServices({ limit: 1000 }, { signal }),
  });
  const save = useMutation({
    mutationFn: () => exportCompatibility(),
    onSuccess: ({ content }) => saveFile('compatibility.yaml', content),
  });
  const failed = [said, services].find((query) => query.isError);
  const rows = said.data && services.data && summarise(services.data.items, said.data.items);
  const columns: DataColumn<SaidOfService>[] = [
    {
      id: 'service',
      header: t('terms.service'),
      cell: (row) => (
        <Anchor
          component={Link}
          to={`/services/${encodeURIComponent(row.serviceId)}/compatibility`}
          className="mono nowrap"
          size="sm"
        >
          {row.serviceId}
        </Anchor>
      ),
    },
    {
      id: 'versions',
      header: t('compatibility.versionsSaid'),
      isNumber: true,
      cell: (row) => `${number(row.saidCount)} / ${number(row.versionCount)}`,
    },
    {
      id: 'breaking',
      header: t('compatibility.breakingChanges'),
      cell: (row) => <span className="mono">{row.breaking.join(' · ') || t('state.none')}</span>,
    },
    {
      id: 'migration',
      header: t('compatibility.migrationRequired'),
      cell: (row) => <span className="mono">{row.migrating.join(' · ') || t('state.none')}</span>,
    },
    {
      id: 'requires',
      header: t('compatibility.requires'),
      isWrapping: true,
      cell: (row) =>
        row.requirements.length === 0 ? (
          t('state.none')
        ) : (
          <div className="chips">
            {row.requirements.slice(0, 6).map(({ version, serviceId, range }) => (
              <span key={`${version} ${serviceId}`} className="tag">
                {`${version} ⇒ ${serviceId} ${wordRange(range)}`}
              </span>
            ))}
            {row.requirements.length > 6 && `+${number(row.requirements.length - 6)}`}
          </div>
        ),
    },
    {
      id: 'updatedAt',
      header: t('compatibility.updatedAt'),
      cell: (row) => (row.updatedAt ? dateTime(row.updatedAt) : t('compatibility.neverSaved')),
    },
  ];
  return (
    <>
      <PageHeader
        title={t('compatibility.title')}
        note={t('compatibility.note')}
        actions={
          <>
            <Button variant="default" loading={save.isPending} onClick={() => save.mutate()}>
              {t('compatibility.export')}
            </Button>
            {mayWrite && <Button onClick={() => setImporting(true)}>{t('compatibility.import')}</Button>}
          </>
        }
      />
      <CompatibilityTabs />
      {save.isError && <Failure error={save.error} />}
      {!rows && !failed && <Loading what={t('compatibility.title')} />}
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      {rows?.length === 0 && <Empty>{t('services.noneYet')}</Empty>}
      {rows && rows.length > 0 && (
        <DataTable
          label={t('compatibility.title')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.serviceId}
          maxHeight="calc(100vh - 190px)"
        />
      )}
      {isImporting && <ImportCompatibility said={said.data?.items ?? []} onClose={() => setImporting(false)} />}
    </>
  );
}
