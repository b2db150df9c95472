import { Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { untilConverged, watchConvergence } from '../../api/convergence.ts';
import { updateService } from '../../api/generated/grey.ts';
import type { GuardOverride, Service, Version } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { useEffectiveWords } from '../routers/effective-words.ts';
import { missingWeight, type Shares, toDefaultVersions, toShares } from './default-weights.ts';

interface DefaultFormProps {
  service: Service;
  versions: readonly Version[];
  onClose: () => void;
}

/** Sets what tenants without an assignment get: one version, a split in percent, or nothing. */
export function DefaultForm({ service, versions, onClose }: DefaultFormProps) {
  const { t } = useTranslation();
  const { share } = useFormat();
  const client = useQueryClient();
  const [shares, setShares] = useState<Shares>(() => toShares(service.defaultVersions));
  const wordEffective = useEffectiveWords();
  const [reason, setReason] = useState('');
  const missing = missingWeight(shares);
  const save = useMutation({
    mutationFn: (override?: GuardOverride) =>
      watchConvergence((onConvergence) =>
        updateService(
          service.id,
          {
            defaultVersions: toDefaultVersions(shares),
            ...(reason.trim() ? { reason: reason.trim() } : {}),
            ...(override ? { override } : {}),
          },
          untilConverged,
          { headers: { 'if-match': service.etag }, onConvergence },
        ),
      ),
    onSuccess: async ({ convergence }) => {
      await Promise.all(
        [['services'], ['service', service.id], ['tenant-services'], ['matrix']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      notifications.show({
        title: t('services.defaultSaved', { id: service.id }),
        message: wordEffective(convergence),
      });
      onClose();
    },
  });
  const offered = versions.filter((version) => version.status !== 'retired' || shares[version.version]);
  return (
    <Dialog onClose={onClose} title={t('services.defaultTitle', { id: service.id })}>
      <Stack gap="sm">
        <Text size="sm">{t('services.defaultMeans')}</Text>
        {offered.map(({ version }) => (
          <Group key={version} gap="sm" wrap="nowrap">
            <NumberInput
              w={110}
              min={0}
              max={100}
              decimalScale={2}
              suffix=" %"
              hideControls
              aria-label={t('services.shareOf', { version })}
              value={shares[version] ?? 0}
              onChange={(value) => setShares({ ...shares, [version]: Number(value) || 0 })}
            />
            <span className="mono">{version}</span>
            <Button variant="subtle" size="compact-xs" onClick={() => setShares({ [version]: 100 })}>
              {t('services.allTo')}
            </Button>
          </Group>
        ))}
        <Text size="sm" role="status" c={missing === 0 ? 'dimmed' : 'var(--bad)'}>
          {missing === 0
            ? toDefaultVersions(shares).length === 0
              ? t('services.noDefaultMeans')
              : t('services.sumFits')
            : missing > 0
              ? t('services.sumShort', { share: share(missing) })
              : t('services.sumOver', { share: share(-missing) })}
        </Text>
        <TextInput
          label={t('confirm.reason')}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {save.isError && <Failure error={save.error} onOverride={save.mutate} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={missing !== 0} loading={save.isPending} onClick={() => save.mutate(undefined)}>
            {t('services.setDefault')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
