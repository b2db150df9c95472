import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { ApiKeyList } from './api-key-list.tsx';
import { useMe } from './me.ts';
import { UserList } from './user-list.tsx';

/** Who and what may call: users of the console, keys of programs. */
export function AccessPage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <>
      <PageHeader title={t('nav.access')} />
      {me.isPending && <Loading what={t('nav.access')} />}
      {me.data && !me.data.permissions.includes('access.manage') && <Empty>{t('errors.PERMISSION_DENIED')}</Empty>}
      {me.data?.permissions.includes('access.manage') && (
        <Stack gap="lg">
          <ApiKeyList />
          <UserList me={me.data} />
        </Stack>
      )}
    </>
  );
}
