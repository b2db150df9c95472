import { Radio, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { UpgradeKind } from '../../api/generated/model/index.ts';

const kinds = [UpgradeKind.service, UpgradeKind.schema];

/** Whether the route goes along with the database. */
export function KindField({ value, onChange }: { value: UpgradeKind; onChange: (kind: UpgradeKind) => void }) {
  const { t } = useTranslation();
  return (
    <Radio.Group size="xs" label={t('upgrades.kind')} value={value} onChange={(kind) => onChange(kind as UpgradeKind)}>
      <Stack gap={4} mt={4}>
        {kinds.map((kind) => (
          <Radio key={kind} size="xs" value={kind} label={t(`upgrades.kindMeans.${kind}`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
