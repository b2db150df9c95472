import { Button, Checkbox, Group, NativeSelect, Radio, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { importRules } from '../../api/generated/grey.ts';
import type { ImportedRules, ImportRulesFormat } from '../../api/generated/model/index.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { FindingList } from './finding-list.tsx';
import { guessFormat, importFormats } from './guess-format.ts';
import type { RuleSet, Unit } from './rule-types.ts';
import { UnitPicker } from './unit-picker.tsx';

interface ImportDialogProps {
  serviceId: string;
  hasRules: boolean;
  onTake: (ruleSet: RuleSet, isAppended: boolean) => void;
  onClose: () => void;
}

/** Rules written for other routers: read by the API, looked at here, taken into the draft. */
export function ImportDialog({ serviceId, hasRules, onTake, onClose }: ImportDialogProps) {
  const { t } = useTranslation();
  const [content, setContent] = useState('');
  const [format, setFormat] = useState<ImportRulesFormat>('routing_rules_json');
  const [sticky, setSticky] = useState<Unit | null>(null);
  const [isAppended, setAppended] = useState(false);
  const read = useMutation({
    mutationFn: () => importRules(serviceId, { format, content, ...(sticky ? { sticky } : {}) }),
  });
  const paste = (text: string) => {
    setContent(text);
    setFormat(guessFormat(text) ?? format);
    read.reset();
  };
  return (
    <Dialog onClose={onClose} size={860} title={t('rules.import.title')} closesOnClickOutside={false}>
      <Stack gap="sm">
        <Text size="sm">{t('rules.import.means')}</Text>
        <Textarea
          label={t('rules.import.content')}
          data-autofocus
          autosize
          minRows={6}
          maxRows={16}
          classNames={{ input: 'mono' }}
          value={content}
          onChange={(event) => paste(event.currentTarget.value)}
        />
        <Group gap="sm" align="flex-end">
          <NativeSelect
            label={t('rules.import.format')}
            value={format}
            onChange={(event) => {
              setFormat(event.currentTarget.value as ImportRulesFormat);
              read.reset();
            }}
            data={importFormats.map((value) => ({ value, label: t(`rules.import.formats.${value}`) }))}
          />
          {format === 'rule_rows' && (
            <>
              <Checkbox
                size="xs"
                mb={6}
                label={t('rules.import.sticky')}
                checked={sticky !== null}
                onChange={(event) => setSticky(event.currentTarget.checked ? { by: 'user' } : null)}
              />
              {sticky && <UnitPicker label={t('rules.unitLabel')} value={sticky} onChange={setSticky} />}
            </>
          )}
          <Button
            variant="default"
            disabled={content.trim() === ''}
            loading={read.isPending}
            onClick={() => read.mutate()}
          >
            {t('rules.import.read')}
          </Button>
        </Group>
        {read.isError && <Failure error={read.error} />}
        {read.data && <Outcome imported={read.data} />}
        {read.data && hasRules && (
          <Radio.Group
            label={t('rules.import.where')}
            value={isAppended ? 'append' : 'replace'}
            onChange={(value) => setAppended(value === 'append')}
          >
            <Group gap="md" mt={4}>
              <Radio size="xs" value="replace" label={t('rules.import.replace')} />
              <Radio size="xs" value="append" label={t('rules.import.append')} />
            </Group>
          </Radio.Group>
        )}
        <Group justify="flex-end" gap="xs" className="panel-actions">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            disabled={!read.data || read.data.ruleSet.rules.length === 0}
            onClick={() => read.data && onTake(read.data.ruleSet, isAppended && hasRules)}
          >
            {t('rules.import.take')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** How the text was understood. */
function Outcome({ imported }: { imported: ImportedRules }) {
  const { t } = useTranslation();
  const { ruleSet, service, notes, findings } = imported;
  const ofService = (['defaultVersion', 'fallbackVersion', 'balancer', 'stickyCookie'] as const).filter(
    (key) => service[key] !== null,
  );
  const nameOf = (id: string) => ruleSet.rules.find((rule) => rule.id === id)?.name ?? id;
  return (
    <Stack gap={6} role="status">
      <Text size="sm" fw={600}>
        {t('rules.import.count', { count: ruleSet.rules.length })}
      </Text>
      {notes.length > 0 && (
        <ul className="import-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {ofService.length > 0 && (
        <div>
          <Text size="sm">{t('rules.import.service')}</Text>
          <dl className="facts">
            {ofService.map((key) => (
              <div key={key} className="fact-pair">
                <dt>{t(`rules.import.of.${key}`)}</dt>
                <dd className="mono">{service[key]}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      {findings.length > 0 && <FindingList findings={findings} nameOf={nameOf} />}
    </Stack>
  );
}
