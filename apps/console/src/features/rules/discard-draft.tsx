import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteRuleDraft } from '../../api/generated/grey.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { useRulesContext } from './rules-context.tsx';
import { type RuleWork, rulesKey } from './use-rule-work.ts';

/** Throws away what was edited here, or the saved draft, too. */
export function DiscardDraft({ work }: { work: RuleWork }) {
  const { t } = useTranslation();
  const { serviceId } = useRulesContext();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const { draft } = work.rules;
  const discard = useMutation({
    mutationFn: () => deleteRuleDraft(serviceId),
    onSuccess: async () => {
      work.dropEdits();
      await client.invalidateQueries({ queryKey: rulesKey(serviceId) });
      setOpen(false);
    },
  });
  if (!draft && !work.isEdited) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('rules.discard.open')}
      </Button>
      {isOpen && (
        <Dialog onClose={() => setOpen(false)} title={t('rules.discard.title')}>
          <Stack gap="sm">
            <Text size="sm">{t('rules.discard.means')}</Text>
            {discard.isError && <Failure error={discard.error} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setOpen(false)}>
                {t('action.cancel')}
              </Button>
              {work.isEdited && (
                <Button
                  variant="default"
                  onClick={() => {
                    work.dropEdits();
                    setOpen(false);
                  }}
                >
                  {t('rules.discard.edits')}
                </Button>
              )}
              {draft && (
                <Button color="red" loading={discard.isPending} onClick={() => discard.mutate()}>
                  {t('rules.discard.draft')}
                </Button>
              )}
            </Group>
          </Stack>
        </Dialog>
      )}
    </>
  );
}
