import { Button, Group, Stack, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listApiKeys, revokeApiKey } from '../../api/generated/grey.ts';
import type { ApiKey } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { ApiKeyForm } from './api-key-form.tsx';

export function ApiKeyList() {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const { query, rows, loadMore } = usePages<ApiKey>(['api-keys'], (cursor, signal) =>
    listApiKeys({ limit: 200, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const columns: DataColumn<ApiKey>[] = [
    { id: 'name', header: t('access.keyName'), cell: (row) => row.name },
    { id: 'prefix', header: t('access.keyPrefix'), cell: (row) => <span className="mono">{`${row.prefix}…`}</span> },
    {
      id: 'scopes',
      header: t('access.scopes'),
      cell: (row) => row.scopes.map((scope) => t(`scopes.${scope}`)).join(', '),
    },
    {
      id: 'tenants',
      header: t('access.tenants'),
      cell: (row) =>
        row.tenantIds ? t('access.tenantCount', { count: row.tenantIds.length }) : t('access.allTenants'),
    },
    { id: 'state', header: t('access.state'), cell: (row) => <KeyState apiKey={row} /> },
    {
      id: 'expires',
      header: t('access.expiresAt'),
      cell: (row) => (row.expiresAt ? dateTime(row.expiresAt) : t('access.never')),
    },
    {
      id: 'used',
      header: t('access.lastUsedAt'),
      cell: (row) => (row.lastUsedAt ? dateTime(row.lastUsedAt) : t('access.never')),
    },
    {
      id: 'actions',
      header: t('action.title'),
      cell: (row) =>
        !row.revokedAt && (
          <Button
            variant="default"
            size="compact-xs"
            aria-label={t('access.revokeOf', { name: row.name })}
            onClick={() => setRevoking(row)}
          >
            {t('access.revoke')}
          </Button>
        ),
    },
  ];
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2}>{t('access.apiKeys')}</Title>
        <Button onClick={() => setCreating(true)}>{t('access.createKey')}</Button>
      </Group>
      {query.isPending && <Loading what={t('access.apiKeys')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('access.noKeys')}</Empty>}
      {rows.length > 0 && (
        <DataTable
          label={t('access.apiKeys')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          maxHeight={300}
          onEndReached={loadMore}
        />
      )}
      {isCreating && (
        <Dialog onClose={() => setCreating(false)} closesOnClickOutside={false} title={t('access.createKey')}>
          <ApiKeyForm onClose={() => setCreating(false)} />
        </Dialog>
      )}
      {revoking && <RevokeKey apiKey={revoking} onClose={() => setRevoking(null)} />}
    </Stack>
  );
}

function KeyState({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  if (apiKey.revokedAt) return <StatusLabel tone="plain">{t('access.revoked')}</StatusLabel>;
  if (apiKey.expiresAt && Date.parse(apiKey.expiresAt) < Date.now())
    return <StatusLabel tone="warn">{t('access.expired')}</StatusLabel>;
  return <StatusLabel tone="good">{t('access.valid')}</StatusLabel>;
}

function RevokeKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeApiKey(apiKey.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['api-keys'] });
      notifications.show({ message: t('access.keyRevoked', { name: apiKey.name }) });
      onClose();
    },
  });
  return (
    <ConfirmTyped
      title={t('access.revokeOf', { name: apiKey.name })}
      word={apiKey.name}
      action={t('access.revoke')}
      isBusy={revoke.isPending}
      error={revoke.error}
      hasReason={false}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      {t('access.revokeMeans')}
    </ConfirmTyped>
  );
}
