import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { planPromotion, promoteVersion } from '../../api/generated/grey.ts';
import type { GuardOverride, PromotionPlan, Version } from '../../api/generated/model/index.ts';
import { useIdempotencyKey } from '../../api/use-idempotency-key.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { RefusedMoves } from '../../parts/refused-moves.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { PlanMoves } from '../assignments/plan-diff.tsx';
import { PlanOverridden, PlanRefusals } from '../assignments/plan-refusals.tsx';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { ReferenceList } from './reference-list.tsx';

interface PromoteDialogProps {
  serviceId: string;
  /** The version that goes. */
  fromVersion: string;
  /** Where it would go by itself. */
  successor: string | null;
  versions: readonly Version[];
  onClose: () => void;
}

/** The last step of a release: another version becomes the default, whoever is left moves there, this one ends. */
export function PromoteDialog({ serviceId, fromVersion, successor, versions, onClose }: PromoteDialogProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const keyFor = useIdempotencyKey();
  const offered = versions.filter((one) => one.status !== 'retired' && one.version !== fromVersion);
  const [toVersion, setToVersion] = useState(successor ?? '');
  const [retires, setRetires] = useState(true);
  const [override, setOverride] = useState<GuardOverride | null>(null);
  const [reason, setReason] = useState('');
  const asked = { fromVersion, retires, ...(override ? { override } : {}) };
  const plan = useQuery({
    queryKey: ['promotion', serviceId, toVersion, asked],
    queryFn: ({ signal }) => planPromotion(serviceId, toVersion, asked, { signal }),
    enabled: toVersion !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const outdated = [
    ['service'],
    ['services'],
    ['versions'],
    ['retirement'],
    ['stragglers'],
    ['matrix'],
    ['tenant-services'],
  ];
  const change = useWatchedChange(outdated, onClose);
  const planAgain = () => {
    change.reset();
    void plan.refetch();
  };
  const apply = (planToken: string) => {
    const body = { ...asked, planToken, ...(reason.trim() ? { reason: reason.trim() } : {}) };
    change.mutate({
      call: (params, init) => promoteVersion(serviceId, toVersion, body, params, init),
      headers: { 'idempotency-key': keyFor(body) },
      done: t('retirement.promoted', { version: toVersion }),
    });
  };
  const token = plan.data?.planToken;
  return (
    <Dialog
      onClose={onClose}
      size={900}
      title={t('retirement.promoteOf', { version: fromVersion })}
      closesOnClickOutside={false}
    >
      <Stack gap="sm">
        <Text size="sm">{t('retirement.promoteMeans', { version: fromVersion })}</Text>
        <Group gap="md" align="flex-end">
          <NativeSelect
            label={t('retirement.newDefault')}
            data-autofocus
            value={toVersion}
            data={[{ value: '', label: t('services.chooseVersion') }, ...offered.map((one) => one.version)]}
            onChange={(event) => setToVersion(event.currentTarget.value)}
          />
          <Checkbox
            mb={6}
            label={t('retirement.retiresToo', { version: fromVersion })}
            checked={retires}
            onChange={(event) => setRetires(event.currentTarget.checked)}
          />
        </Group>
        {plan.isFetching && <Loading what={t('plan.what')} />}
        {plan.isError && <Failure error={plan.error} onRetry={planAgain} />}
        {plan.data && !plan.isFetching && (
          <>
            <Outlook plan={plan.data} />
            {plan.data.moves.length > 0 && <PlanMoves plan={plan.data} />}
            <PlanRefusals refusals={plan.data.refusals} onOverride={setOverride} />
            {plan.data.objections.length > 0 && (
              <RefusedMoves objections={plan.data.objections} onOverride={setOverride} />
            )}
            {override && (
              <PlanOverridden
                overridden={plan.data.overridden}
                reason={override.reason}
                onWithdraw={() => setOverride(null)}
              />
            )}
            {plan.data.references.length > 0 && (
              <Stack gap={4}>
                <Title order={3}>{t('retirement.stillRefers')}</Title>
                <ReferenceList references={plan.data.references} />
              </Stack>
            )}
            <TextInput
              label={t('confirm.reason')}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </>
        )}
        {change.isError && <Failure error={change.error} onRetry={planAgain} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={!token || plan.isFetching} loading={change.isPending} onClick={() => token && apply(token)}>
            {t(retires ? 'retirement.promoteAndRetire' : 'retirement.promote', {
              moves: number(plan.data?.summary.moveCount ?? 0),
            })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Outlook({ plan }: { plan: PromotionPlan }) {
  const { t } = useTranslation();
  const { number, share } = useFormat();
  const words = (set: PromotionPlan['defaultBefore']) =>
    set.map(({ version, weight }) => (set.length > 1 ? `${version} ${share(weight)}` : version)).join(' · ') ||
    t('services.noDefault');
  const figures = [
    [t('retirement.default'), `${words(plan.defaultBefore)} → ${words(plan.defaultAfter)}`],
    [t('retirement.moves'), number(plan.summary.moveCount)],
    [t('retirement.ofThemPinned'), number(plan.pinnedCount)],
    [t('retirement.followers'), number(plan.defaultCount)],
    [t('retirement.refused'), number(plan.summary.refusedCount)],
    [t('retirement.newInstances'), number(plan.instanceCount)],
  ] as const;
  return (
    <>
      <dl className="figures" data-testid="promotion">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {plan.instanceCount === 0 && (
        <Text size="sm" c="var(--bad)">
          {t('retirement.noInstances', { version: plan.toVersion })}
        </Text>
      )}
      {plan.planToken === null && (
        <Text size="sm" fw={600} role="status">
          {t('retirement.cannotBe')}
        </Text>
      )}
    </>
  );
}
