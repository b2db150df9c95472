import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Failure } from '../../parts/states.tsx';
import { ChangeFilterBar } from '../changes/change-filter-bar.tsx';
import type { ChangeFilters } from '../changes/change-filters.ts';
import { fetchExport, saveExport } from './fetch-export.ts';

/** Writes the log out as NDJSON, and says whether it came whole. */
export function ExportLog() {
  const { t } = useTranslation();
  const { number } = useFormat();
  const [filters, setFilters] = useState<ChangeFilters>({});
  const [bytes, setBytes] = useState(0);
  const words = { kilobytes: number(Math.ceil(bytes / 1024)) };
  const fetched = useMutation({
    mutationFn: () => {
      setBytes(0);
      return fetchExport(filters, setBytes);
    },
    onSuccess: saveExport,
  });
  return (
    <section className="panel" aria-label={t('audit.export')}>
      <Stack gap="sm">
        <Title order={2}>{t('audit.export')}</Title>
        <Text size="sm">{t('audit.exportMeans')}</Text>
        <ChangeFilterBar filters={filters} onChange={setFilters} />
        <Group gap="sm">
          <Button loading={fetched.isPending} onClick={() => fetched.mutate()}>
            {t('audit.download')}
          </Button>
          <Text size="sm" role="status">
            {fetched.isPending && t('audit.downloading', words)}
            {fetched.data?.isWhole && t('audit.downloaded', words)}
          </Text>
        </Group>
        {fetched.data && !fetched.data.isWhole && (
          <div className="panel" data-tone="warn" role="alert">
            <Text size="sm">{t('audit.cutOff', words)}</Text>
          </div>
        )}
        {fetched.isError && <Failure error={fetched.error} onRetry={() => fetched.mutate()} />}
      </Stack>
    </section>
  );
}
