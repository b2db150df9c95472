import { Button, Group, Stack, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteUser, listUsers } from '../../api/generated/grey.ts';
import type { Me, User } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { ConfirmTyped } from '../../parts/confirm-typed.tsx';
import { type DataColumn, DataTable } from '../../parts/data-table.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { StatusLabel } from '../../parts/status.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { UserForm } from './user-form.tsx';

export function UserList({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const [editing, setEditing] = useState<User | 'new' | null>(null);
  const [deleting, setDeleting] = useState<User | null>(null);
  const { query, rows, loadMore } = usePages<User>(['users'], (cursor, signal) =>
    listUsers({ limit: 200, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  const columns: DataColumn<User>[] = [
    { id: 'username', header: t('access.username'), cell: (row) => <span className="mono">{row.username}</span> },
    { id: 'name', header: t('access.name'), cell: (row) => row.name },
    { id: 'role', header: t('access.role'), cell: (row) => t(`roles.${row.role}`) },
    {
      id: 'tenants',
      header: t('access.tenants'),
      cell: (row) =>
        row.role === 'TENANT_MANAGER'
          ? t('access.tenantCount', { count: row.tenantIds.length })
          : t('access.allTenants'),
    },
    {
      id: 'state',
      header: t('access.state'),
      cell: (row) =>
        row.isActive ? (
          <StatusLabel tone="good">{t('access.active')}</StatusLabel>
        ) : (
          <StatusLabel tone="plain">{t('access.blocked')}</StatusLabel>
        ),
    },
    {
      id: 'login',
      header: t('access.lastLoginAt'),
      cell: (row) => (row.lastLoginAt ? dateTime(row.lastLoginAt) : t('access.never')),
    },
    {
      id: 'actions',
      header: t('action.title'),
      cell: (row) => (
        <Group gap={4} wrap="nowrap">
          <Button
            variant="default"
            size="compact-xs"
            aria-label={t('access.editOf', { name: row.username })}
            onClick={() => setEditing(row)}
          >
            {t('action.edit')}
          </Button>
          {row.id !== me.id && (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={t('access.deleteOf', { name: row.username })}
              onClick={() => setDeleting(row)}
            >
              {t('action.delete')}
            </Button>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2}>{t('access.users')}</Title>
        <Button onClick={() => setEditing('new')}>{t('access.createUser')}</Button>
      </Group>
      {query.isPending && <Loading what={t('access.users')} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {rows.length > 0 && (
        <DataTable
          label={t('access.users')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          maxHeight={300}
          onEndReached={loadMore}
        />
      )}
      {editing && <UserForm {...(editing === 'new' ? {} : { user: editing })} onClose={() => setEditing(null)} />}
      {deleting && <DeleteUser user={deleting} onClose={() => setDeleting(null)} />}
    </Stack>
  );
}

function DeleteUser({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteUser(user.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['users'] });
      notifications.show({ message: t('access.userDeleted', { name: user.username }) });
      onClose();
    },
  });
  return (
    <ConfirmTyped
      title={t('access.deleteOf', { name: user.username })}
      word={user.username}
      action={t('action.delete')}
      isBusy={remove.isPending}
      error={remove.error}
      hasReason={false}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t('access.deleteMeans')}
    </ConfirmTyped>
  );
}
