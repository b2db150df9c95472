import { Group, NativeSelect, NumberInput, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PlanUpgradeBatchOrder } from '../../api/generated/model/index.ts';
import { OptionFields } from '../upgrades/option-fields.tsx';
import type { BatchDraft } from './batch-draft.ts';

interface BudgetFieldsProps {
  draft: BatchDraft;
  onChange: (next: Partial<BatchDraft>) => void;
}

/** How many failures a wave may have before it is taken back as one, how many tenants at a time, and each one's options. */
export function BudgetFields({ draft, onChange }: BudgetFieldsProps) {
  const { t } = useTranslation();
  const { budgetCount, budgetPercent, concurrency, order, kind, options } = draft;
  return (
    <Stack gap="sm" maw={720}>
      <div>
        <Group gap="sm" grow align="flex-end">
          <NumberInput
            label={t('batches.new.budgetCount')}
            value={budgetCount}
            min={0}
            max={20_000}
            allowDecimal={false}
            onChange={(value) => onChange({ budgetCount: typeof value === 'number' ? value : '' })}
          />
          <NumberInput
            label={t('batches.new.budgetPercent')}
            value={budgetPercent}
            min={0}
            max={100}
            decimalScale={2}
            suffix={'\u202f%'}
            onChange={(value) => onChange({ budgetPercent: typeof value === 'number' ? value : '' })}
          />
        </Group>
        <Text size="xs" c="dimmed" mt={4}>
          {t('batches.new.budgetMeans')}
        </Text>
      </div>
      <Group gap="sm" grow align="flex-end">
        <NumberInput
          label={t('batches.concurrency')}
          value={concurrency}
          min={1}
          max={100}
          allowDecimal={false}
          onChange={(value) => onChange({ concurrency: typeof value === 'number' ? value : '' })}
        />
        <NativeSelect
          label={t('batches.order')}
          value={order}
          onChange={(event) => onChange({ order: event.currentTarget.value as PlanUpgradeBatchOrder })}
          data={Object.values(PlanUpgradeBatchOrder).map((value) => ({ value, label: t(`batches.orders.${value}`) }))}
        />
      </Group>
      <OptionFields kind={kind} options={options} onChange={(next) => onChange({ options: next })} />
    </Stack>
  );
}
