import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FoundField, useFound } from '../../parts/found-field.tsx';

/** Finds tenants by id or name, one after the other. */
export function TenantPicker({ onPick }: { onPick: (id: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const { names } = useFound('tenants', text);
  return (
    <FoundField
      label={t('emergency.findTenant')}
      names={names}
      value={text}
      onChange={setText}
      onOptionSubmit={(id) => {
        onPick(id);
        // Mantine writes the option into the field after this.
        setTimeout(() => setText(''));
      }}
    />
  );
}
