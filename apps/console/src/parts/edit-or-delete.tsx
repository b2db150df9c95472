import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** The two buttons of a thing that can be changed and can go. */
export function EditOrDelete({ onEdit, onDelete }: { onEdit: () => void; onDelete: () => void }) {
  return (
    <>
      <EditButton onClick={onEdit} />
      <DeleteButton onClick={onDelete} />
    </>
  );
}

export function EditButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button variant="default" onClick={onClick}>
      {t('action.edit')}
    </Button>
  );
}

/** Opens the question whether it shall go; nothing is gone yet. */
export function DeleteButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button variant="default" c="var(--bad)" onClick={onClick}>
      {t('action.delete')}
    </Button>
  );
}
