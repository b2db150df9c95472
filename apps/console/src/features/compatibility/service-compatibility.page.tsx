import { Anchor, Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { getCompatibility, listVersions, putCompatibility } from '../../api/generated/grey.ts';
import type { Compatibility, Version } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { ServiceTabs } from '../services/service-tabs.tsx';
import { type Draft, draftOf, editedVersions, saidOf, setRequirement, togglePassage } from './compatibility-draft.ts';
import { RequirementDialog } from './requirement-dialog.tsx';
import { TransitionGrid } from './transition-grid.tsx';
import { VersionFacts } from './version-facts.tsx';

/** Which versions of one service may follow which, and what they need of others; saved as one change. */
export function ServiceCompatibilityPage() {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  const { serviceId } = useParams({ from: '/shell/services/$serviceId/compatibility' });
  const said = useQuery({
    queryKey: ['compatibility', serviceId],
    queryFn: ({ signal }) => getCompatibility(serviceId, { signal }),
  });
  const versions = useQuery({
    queryKey: ['versions', serviceId],
    queryFn: ({ signal }) => listVersions(serviceId, { signal }),
  });
  const failed = [said, versions].find((query) => query.isError);
  const note = said.data?.updatedAt
    ? t('compatibility.savedAt', { at: dateTime(said.data.updatedAt) })
    : t('compatibility.neverSaved');
  return (
    <>
      <PageHeader
        title={t('compatibility.titleOf', { id: serviceId })}
        note={said.data && note}
        before={
          <Anchor component={Link} to="/services" size="xs">
            {t('services.back')}
          </Anchor>
        }
        actions={
          <Group gap="md">
            <Anchor component={Link} to="/compatibility/upgrade" size="sm">
              {t('upgrade.title')}
            </Anchor>
            <Anchor component={Link} to="/compatibility" size="sm">
              {t('compatibility.all')}
            </Anchor>
          </Group>
        }
      />
      <ServiceTabs serviceId={serviceId} />
      {(said.isPending || versions.isPending) && !failed && <Loading what={t('compatibility.title')} />}
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      {versions.data?.items.length === 0 && <Empty>{t('versions.noneYet')}</Empty>}
      {said.data && versions.data && versions.data.items.length > 0 && (
        <Editor key={serviceId} said={said.data} versions={versions.data.items} />
      )}
    </>
  );
}

/** What was loaded stays what is edited, whatever others save meanwhile; the API refuses when it is outdated. */
function Editor({ said: latest, versions }: { said: Compatibility; versions: readonly Version[] }) {
  const { t } = useTranslation();
  const mayWrite = usePermission('services.write');
  const [said, setSaid] = useState(latest);
  const ordered = useMemo(() => [...versions].sort((a, b) => a.ordinal - b.ordinal), [versions]);
  const loaded = useMemo(
    () =>
      draftOf(
        ordered.map((one) => one.version),
        said.versions,
      ),
    [ordered, said],
  );
  const [edits, setEdits] = useState<Draft | null>(null);
  const [showsRetired, setShowsRetired] = useState(false);
  const [reason, setReason] = useState('');
  const [requirement, setRequirementAt] = useState<{ version: string; at: number | null } | null>(null);
  // Nobody edits: what is newer is shown.
  if (edits === null && said.etag !== latest.etag) setSaid(latest);
  const draft = edits ?? loaded;
  const edited = editedVersions(draft, loaded);
  const client = useQueryClient();
  const discard = () => {
    setEdits(null);
    setReason('');
  };
  const save = useWatchedChange([['compatibility'], ['changes']], discard);
  const takeTheirs = () => {
    save.reset();
    discard();
    void client.invalidateQueries({ queryKey: ['compatibility'] });
  };
  const isOutdated = save.error instanceof ApiProblem && save.error.code === 'PRECONDITION_FAILED';
  const retired = new Set(versions.filter((one) => one.status === 'retired').map((one) => one.version));
  const shown = showsRetired ? draft : draft.filter((one) => !retired.has(one.version));
  const open = requirement && draft.find((one) => one.version === requirement.version);
  return (
    <Stack gap="md">
      <div>
        <Group justify="space-between" mb="xs">
          <Group gap="sm" align="baseline">
            <Title order={2}>{t('compatibility.passages')}</Title>
            <Text size="xs" c="dimmed">
              {t('compatibility.passagesMean')}
            </Text>
          </Group>
          {retired.size > 0 && (
            <Checkbox
              label={t('compatibility.showRetired', { count: retired.size })}
              checked={showsRetired}
              onChange={(event) => setShowsRetired(event.currentTarget.checked)}
            />
          )}
        </Group>
        {shown.length > 1 ? (
          <TransitionGrid
            draft={shown}
            onToggle={mayWrite ? (from, to) => setEdits(togglePassage(draft, from, to)) : undefined}
          />
        ) : (
          <Empty>{t('compatibility.oneVersion')}</Empty>
        )}
      </div>
      <div>
        <Title order={2} mb="xs">
          {t('compatibility.perVersion')}
        </Title>
        <VersionFacts
          draft={shown}
          edited={new Set(edited)}
          onEdit={mayWrite ? (edit) => setEdits(edit(draft)) : undefined}
          onRequirement={(version, at) => setRequirementAt({ version, at })}
        />
      </div>
      {edited.length > 0 && (
        <section className="tray" aria-label={t('compatibility.edits')}>
          <Stack gap="xs">
            <Group justify="space-between" align="flex-end">
              <div>
                <Text size="sm" fw={600}>
                  {t('compatibility.edited', { count: edited.length })}
                </Text>
                <Text size="xs" c="dimmed" className="mono">
                  {edited.join(' · ')}
                </Text>
              </div>
              <Group gap="xs" align="flex-end">
                <TextInput
                  w={260}
                  label={t('confirm.reason')}
                  maxLength={500}
                  value={reason}
                  onChange={(event) => setReason(event.currentTarget.value)}
                />
                <Button variant="default" onClick={takeTheirs}>
                  {isOutdated ? t('compatibility.takeTheirs') : t('pending.discard')}
                </Button>
                <Button
                  loading={save.isPending}
                  disabled={isOutdated}
                  onClick={() => {
                    const body = {
                      versions: saidOf(draft, said.versions),
                      ...(reason.trim() ? { reason: reason.trim() } : {}),
                    };
                    save.mutate({
                      call: (params, init) => putCompatibility(said.serviceId, body, params, init),
                      headers: { 'if-match': said.etag },
                      done: t('compatibility.saved', { id: said.serviceId }),
                    });
                  }}
                >
                  {t('compatibility.save')}
                </Button>
              </Group>
            </Group>
            {save.isError && <Failure error={save.error} />}
          </Stack>
        </section>
      )}
      {requirement && open && (
        <RequirementDialog
          serviceId={said.serviceId}
          version={requirement.version}
          requirement={requirement.at === null ? undefined : open.requires[requirement.at]}
          taken={open.requires.map((one) => one.serviceId)}
          onClose={() => setRequirementAt(null)}
          onSave={(one) => {
            setEdits(setRequirement(draft, requirement.version, one, requirement.at));
            setRequirementAt(null);
          }}
          onRemove={() => {
            setEdits(
              draft.map((one) =>
                one === open ? { ...one, requires: one.requires.filter((_, at) => at !== requirement.at) } : one,
              ),
            );
            setRequirementAt(null);
          }}
        />
      )}
    </Stack>
  );
}
