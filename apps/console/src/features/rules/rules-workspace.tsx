import { Stack, Tabs, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rules } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Conflict } from './conflict.tsx';
import { diffRuleSets } from './diff-rule-sets.ts';
import { DraftBar } from './draft-bar.tsx';
import { appendRules } from './edit-rule-set.ts';
import { countFindings } from './finding-words.ts';
import { ImportDialog } from './import-dialog.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { Revisions } from './revisions.tsx';
import { RuleDiff } from './rule-diff.tsx';
import { RuleEditing } from './rule-editing.tsx';
import { useRulesContext } from './rules-context.tsx';
import { type RulesView, rulesViews } from './rules-view.ts';
import { useFindings } from './use-findings.ts';
import { useRuleWork } from './use-rule-work.ts';
import { WhatIf } from './what-if.tsx';

/** Rules, differences and published sets side by side, over one working copy. */
export function RulesWorkspace({ serviceId, rules }: { serviceId: string; rules: Rules }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { view = 'rules' } = useSearch({ from: '/shell/services/$serviceId/rules' });
  const navigate = useNavigate({ from: '/services/$serviceId/rules' });
  const { mayDraft } = useRulesContext();
  const work = useRuleWork(serviceId, rules);
  const findings = useFindings(serviceId, work.ruleSet);
  const [dialog, setDialog] = useState<'publish' | 'import' | null>(null);
  const diff = useMemo(() => diffRuleSets(work.liveSet, work.ruleSet), [work.liveSet, work.ruleSet]);
  const { errors } = countFindings(findings.list ?? []);
  const close = () => setDialog(null);
  const labels: Record<RulesView, string> = {
    rules: t('rules.views.rules', { shown: number(work.ruleSet.rules.length) }),
    diff: t('rules.views.diff', { shown: number(diff.count) }),
    published: t('rules.views.published'),
  };
  return (
    <Stack gap="sm">
      <DraftBar
        work={work}
        findings={findings}
        diffCount={diff.count}
        onPublish={() => setDialog('publish')}
        onImport={() => setDialog('import')}
      />
      {work.isOutdated && <Conflict work={work} />}
      <Tabs
        value={view}
        keepMounted={false}
        onChange={(next) =>
          void navigate({ search: next && next !== 'rules' ? { view: next as RulesView } : {}, replace: true })
        }
      >
        <Tabs.List aria-label={t('rules.title')}>
          {rulesViews
            .filter((one) => one !== 'diff' || mayDraft || rules.draft)
            .map((one) => (
              <Tabs.Tab key={one} value={one}>
                {labels[one]}
              </Tabs.Tab>
            ))}
        </Tabs.List>
        <Tabs.Panel value="rules" pt="xs">
          <RuleEditing work={work} findings={findings} onImport={() => setDialog('import')} />
        </Tabs.Panel>
        <Tabs.Panel value="diff" pt="xs">
          <Stack gap="sm">
            <RuleDiff before={work.liveSet} after={work.ruleSet} />
            {mayDraft && diff.count > 0 && errors === 0 && (
              <>
                <Title order={2}>{t('rules.whatIf.title')}</Title>
                <WhatIf serviceId={serviceId} question={{ ruleSet: work.ruleSet }} />
              </>
            )}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="published" pt="xs">
          <Revisions serviceId={serviceId} liveSet={work.liveSet} />
        </Tabs.Panel>
      </Tabs>
      {dialog === 'publish' && (
        <PublishDialog serviceId={serviceId} work={work} findings={findings.list ?? []} onClose={close} />
      )}
      {dialog === 'import' && (
        <ImportDialog
          serviceId={serviceId}
          hasRules={work.ruleSet.rules.length > 0}
          onClose={close}
          onTake={(imported, isAppended) => {
            work.edit(isAppended ? appendRules(work.ruleSet, imported) : imported);
            close();
          }}
        />
      )}
    </Stack>
  );
}
