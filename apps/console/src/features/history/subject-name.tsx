import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ChangeItem } from '../../api/generated/model/index.ts';
import { ItemName } from '../changes/change-items.tsx';
import { SubjectLinks } from '../changes/field-lines.tsx';

/** What something is about: its kind, and the way to it where it has a page. */
export function SubjectName({ subject }: { subject: Pick<ChangeItem, 'entity' | 'tenantId' | 'serviceId' | 'key'> }) {
  const { t } = useTranslation();
  return (
    <Group gap={8} wrap="nowrap">
      <span className="dimmed">{t(`entity.${subject.entity}`)}</span>
      {subject.entity === 'assignment' ? (
        <SubjectLinks tenantId={subject.tenantId} serviceId={subject.serviceId} />
      ) : (
        <ItemName item={subject} />
      )}
    </Group>
  );
}
