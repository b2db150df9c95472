import { ActionIcon, Button, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Share } from './rule-types.ts';
import { useRulesContext } from './rules-context.tsx';
import { SplitBar } from './split-bar.tsx';
import { missingShare, spreadRest, toBasisPoints } from './split-weights.ts';
import { VersionSelect } from './version-select.tsx';

interface SplitFieldsProps {
  shares: readonly Share[];
  error: string | undefined;
  onChange: (shares: Share[]) => void;
}

/** Versions with their shares in steps of 0.01 %, what is missing to everybody, and the rest spread on demand. */
export function SplitFields({ shares, error, onChange }: SplitFieldsProps) {
  const { t } = useTranslation();
  const { share: shareText } = useFormat();
  const { versions } = useRulesContext();
  const missing = missingShare(shares);
  const used = new Set(shares.map(({ version }) => version));
  const next = versions.find(({ version, status }) => status !== 'retired' && !used.has(version));
  const set = (index: number, part: Partial<Share>) =>
    onChange(shares.map((share, at) => (at === index ? { ...share, ...part } : share)));
  return (
    <Stack gap={6} role="group" aria-label={t('rules.to.split')}>
      {shares.map((share, index) => (
        // A version may be chosen anew in its row, so the place is its identity.
        <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
          <VersionSelect
            isLabelHidden
            label={t('rules.versionOf', { number: index + 1 })}
            value={share.version}
            onChange={(version) => set(index, { version })}
          />
          <NumberInput
            w={110}
            min={0}
            max={100}
            step={1}
            decimalScale={2}
            suffix=" %"
            aria-label={t('rules.shareOf', { version: share.version || String(index + 1) })}
            value={share.weight / 100}
            onChange={(value) => set(index, { weight: toBasisPoints(value) })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={2}
            aria-label={t('rules.removeShare', { version: share.version || String(index + 1) })}
            onClick={() => onChange(shares.filter((_, at) => at !== index))}
          >
            <span aria-hidden="true">{'✕'}</span>
          </ActionIcon>
        </Group>
      ))}
      {shares.length > 0 && <SplitBar shares={shares} />}
      <Group gap="xs">
        <Button
          variant="default"
          size="compact-xs"
          disabled={shares.length >= 20}
          onClick={() =>
            onChange([...shares, { version: next?.version ?? '', weight: shares.length === 0 ? 10_000 : 0 }])
          }
        >
          {t('rules.addVersion')}
        </Button>
        {missing > 0 && shares.length > 0 && (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange(spreadRest(shares))}>
            {t('rules.spreadRest')}
          </Button>
        )}
        {shares.length > 0 && (
          <Text size="xs" role="status" c={missing === 0 ? 'dimmed' : 'var(--bad)'}>
            {missing === 0
              ? t('rules.sumFits')
              : missing > 0
                ? t('rules.sumShort', { share: shareText(missing) })
                : t('rules.sumOver', { share: shareText(-missing) })}
          </Text>
        )}
      </Group>
      {error && missing === 0 && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      {error && shares.length === 0 && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  );
}
