import { Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { putCompatibility } from '../../api/generated/grey.ts';
import type { Compatibility, Version } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { TextFilter } from '../../parts/filter-bar.tsx';
import { Empty } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { useWatchedChange } from '../routers/use-watched-change.ts';
import { type Draft, draftOf, editedVersions, saidOf, setRequirement, togglePassage } from './compatibility-draft.ts';
import { RequirementDialog } from './requirement-dialog.tsx';
import { SaveTray } from './save-tray.tsx';
import { TransitionGrid } from './transition-grid.tsx';
import { VersionFacts } from './version-facts.tsx';

/** Versions by versions: more cells than a page of this many squared are slow to draw, and nobody reads them. */
const gridLimit = 40;

/** What was loaded stays what is edited, whatever others save meanwhile; the API refuses when it is outdated. */
export function CompatibilityEditor({ said: latest, versions }: { said: Compatibility; versions: readonly Version[] }) {
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
  const { number } = useFormat();
  const [search, setSearch] = useState('');
  const [showsRetired, setShowsRetired] = useState(false);
  const [requirement, setRequirementAt] = useState<{ version: string; at: number | null } | null>(null);
  // Nobody edits: what is newer is shown.
  if (edits === null && said.etag !== latest.etag) setSaid(latest);
  const draft = edits ?? loaded;
  const edited = editedVersions(draft, loaded);
  const client = useQueryClient();
  const discard = () => setEdits(null);
  const save = useWatchedChange([['compatibility'], ['changes']], discard);
  const takeTheirs = () => {
    save.reset();
    discard();
    void client.invalidateQueries({ queryKey: ['compatibility'] });
  };
  const isOutdated = save.error instanceof ApiProblem && save.error.code === 'PRECONDITION_FAILED';
  const retired = new Set(versions.filter((one) => one.status === 'retired').map((one) => one.version));
  const shown = showsRetired ? draft : draft.filter((one) => !retired.has(one.version));
  const drawn = shown.filter((one) => one.version.includes(search)).slice(-gridLimit);
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
        {shown.length > drawn.length && (
          <Group gap="sm" mb="xs" align="flex-end">
            <TextFilter label={t('terms.version')} width={160} value={search} onSettle={setSearch} />
            <Text size="xs" c="dimmed">
              {t('compatibility.newest', { shown: number(drawn.length), all: number(shown.length) })}
            </Text>
          </Group>
        )}
        {shown.length > 1 ? (
          <TransitionGrid
            draft={drawn}
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
        <SaveTray
          edited={edited}
          isBusy={save.isPending}
          isOutdated={isOutdated}
          error={save.error}
          onDiscard={takeTheirs}
          onSave={(reason) =>
            save.mutate({
              call: (params, init) =>
                putCompatibility(
                  said.serviceId,
                  { versions: saidOf(draft, said.versions), ...(reason ? { reason } : {}) },
                  params,
                  init,
                ),
              headers: { 'if-match': said.etag },
              done: t('compatibility.saved', { id: said.serviceId }),
            })
          }
        />
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
