import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';

/** As high as a button, so that tabs below do not jump between pages with one and without. */
const headerHeight = 30;

interface PageHeaderProps {
  title: string;
  /** Small line under the title: an id, a count. */
  note?: ReactNode;
  before?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, note, before, actions }: PageHeaderProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`;
  }, [title, t]);
  return (
    <Group justify="space-between" align="flex-end" mih={headerHeight} mb="sm" gap="sm">
      <Stack gap={0}>
        {before}
        <Group gap="sm" align="baseline">
          <Title order={1}>{title}</Title>
          {note && (
            <Text size="sm" c="dimmed" component="div">
              {note}
            </Text>
          )}
        </Group>
      </Stack>
      <Group gap="xs">{actions}</Group>
    </Group>
  );
}
