import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getRetirement, listVersions } from '../../api/generated/grey.ts';
import type { Retirement, Version } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { VersionStatusLabel } from '../../parts/status.tsx';
import { usePermission } from '../access/me.ts';
import { PlanReview } from '../assignments/plan-review.tsx';
import { rangeText } from '../services/range-text.ts';
import { VersionRange } from '../services/version-range.tsx';
import { RetireVersion, ReviveVersion } from './end-version.tsx';
import { InstancesLeft } from './instances-left.tsx';
import { PromoteDialog } from './promote-dialog.tsx';
import { ReferenceList } from './reference-list.tsx';
import { StragglerList } from './straggler-list.tsx';

type Step = 'move' | 'promote' | 'retire' | 'revive' | 'range';

/** What still refers to a version and who is left on it, with the steps that lead to its end. */
export function VersionPage() {
  const { t } = useTranslation();
  const { serviceId, version } = useParams({ from: '/shell/services/$serviceId/versions/$version' });
  const retirement = useQuery({
    queryKey: ['retirement', serviceId, version],
    queryFn: ({ signal }) => getRetirement(serviceId, version, { signal }),
  });
  return (
    <>
      <PageHeader
        title={t('retirement.titleOf', { service: serviceId, version })}
        note={retirement.data && <VersionStatusLabel status={retirement.data.status} />}
        before={
          <BackLink to={`/services/${encodeURIComponent(serviceId)}`}>
            {t('retirement.back', { service: serviceId })}
          </BackLink>
        }
      />
      {retirement.isPending && <Loading what={version} />}
      {retirement.isError && <Failure error={retirement.error} onRetry={() => void retirement.refetch()} />}
      {retirement.data && <VersionView retirement={retirement.data} />}
    </>
  );
}

function VersionView({ retirement }: { retirement: Retirement }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const client = useQueryClient();
  const [step, setStep] = useState<Step | null>(null);
  const { serviceId, version, stragglers, references, decisions, move, successor } = retirement;
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
  });
  const own = versions.data?.items.find((one) => one.version === version);
  const close = () => {
    setStep(null);
    for (const queryKey of [
      ['retirement', serviceId],
      ['stragglers', serviceId],
    ])
      void client.invalidateQueries({ queryKey });
  };
  const figures = [
    [t('retirement.assignedCount'), number(stragglers.assignedCount)],
    [t('retirement.ofThemPinned'), number(stragglers.pinnedCount)],
    [t('retirement.followers'), number(stragglers.defaultCount)],
    [t('services.liveInstances'), number(retirement.instanceCount)],
    [
      t('retirement.decided'),
      decisions.isOn
        ? t('retirement.ofSample', { shown: number(decisions.versionCount), all: number(decisions.sampleCount) })
        : t('state.none'),
    ],
  ] as const;
  return (
    <Stack gap="md">
      <Verdict retirement={retirement} onStep={setStep} />
      <dl className="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {own && <SchemaFacts version={own} onEdit={() => setStep('range')} />}
      <div>
        <Title order={2} mb="xs">
          {t('retirement.references')}
        </Title>
        <ReferenceList references={references} />
      </div>
      {stragglers.assignedCount + stragglers.defaultCount > 0 && (
        <div>
          <Title order={2} mb="xs">
            {t('retirement.stragglers')}
          </Title>
          <StragglerList retirement={retirement} />
        </div>
      )}
      {retirement.instances.length > 0 && <InstancesLeft retirement={retirement} />}
      {step === 'move' && move && <PlanReview request={move} onClose={close} onApplied={close} />}
      {step === 'promote' && versions.data && (
        <PromoteDialog
          serviceId={serviceId}
          fromVersion={version}
          successor={successor}
          versions={versions.data.items}
          onClose={close}
        />
      )}
      {step === 'range' && own && <VersionRange version={own} onClose={close} />}
      {step === 'retire' && <RetireVersion retirement={retirement} onClose={close} />}
      {step === 'revive' && <ReviveVersion retirement={retirement} onClose={close} />}
    </Stack>
  );
}

/** On which schemas of tenants' databases the version works, and what it brings for them. */
function SchemaFacts({ version, onEdit }: { version: Version; onEdit: () => void }) {
  const { t } = useTranslation();
  const mayWrite = usePermission('services.write');
  const mayReadMigrations = usePermission('migrations.read');
  const path = `/services/${encodeURIComponent(version.serviceId)}/versions/${encodeURIComponent(version.version)}`;
  return (
    <dl className="facts panel">
      <dt>{t('versions.schema')}</dt>
      <dd>
        <Group gap="sm">
          <span>{rangeText(version) ?? t('versions.anySchema')}</span>
          {mayWrite && version.status !== 'retired' && (
            <Button variant="default" size="compact-xs" aria-label={t('versions.schemaEdit')} onClick={onEdit}>
              {t('action.edit')}
            </Button>
          )}
          <span className="dimmed">{t('versions.schemaRule')}</span>
        </Group>
      </dd>
      {mayReadMigrations && (
        <>
          <dt>{t('migrations.title')}</dt>
          <dd>
            <Anchor component={Link} to={`${path}/migrations`} size="sm">
              {t('migrations.titleOf', { service: version.serviceId, version: version.version })}
            </Anchor>
          </dd>
        </>
      )}
    </dl>
  );
}

/** Whether the version can go, and the steps that are open. */
function Verdict({ retirement, onStep }: { retirement: Retirement; onStep: (step: Step) => void }) {
  const { t } = useTranslation();
  const mayWrite = usePermission('services.write');
  const mayMove = usePermission('assignments.write');
  const { status, isRetirable, references, move, successor } = retirement;
  const blocking = references.filter((one) => one.isBlocking).length;
  const isOver = status === 'retired';
  return (
    <Group
      justify="space-between"
      className="panel"
      data-tone={isOver ? undefined : isRetirable ? 'note' : 'warn'}
      gap="sm"
    >
      <Text size="sm" fw={600} role="status">
        {isOver
          ? t('retirement.isOver')
          : isRetirable
            ? t('retirement.canGo')
            : t('retirement.isKept', { count: blocking })}
      </Text>
      <Group gap="xs">
        {move && mayMove && !isOver && (
          <Button variant="default" onClick={() => onStep('move')}>
            {t('retirement.moveTo', { version: successor ?? '' })}
          </Button>
        )}
        {mayWrite && !isOver && (
          <>
            <Button variant="default" onClick={() => onStep('promote')}>
              {t('retirement.promoteAnother')}
            </Button>
            <Button color="red" disabled={!isRetirable} onClick={() => onStep('retire')}>
              {t('retirement.retire')}
            </Button>
          </>
        )}
        {mayWrite && isOver && (
          <Button variant="default" onClick={() => onStep('revive')}>
            {t('retirement.revive')}
          </Button>
        )}
      </Group>
    </Group>
  );
}
