import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { acceptDrift } from '../../api/generated/grey.ts';
import type { TenantSchema } from '../../api/generated/model/index.ts';
import { QuestionDialog } from '../../parts/question-dialog.tsx';
import { ReasonField } from '../../parts/reason-field.tsx';
import { DriftLists } from './drift-lists.tsx';

/** Takes the schema as it is for what it should be: exactly what is shown here, and nothing that comes later. */
export function AcceptDrift({ schema, onClose }: { schema: TenantSchema; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  // What is shown when the dialog opens is what is accepted, also when another look comes in meanwhile.
  const [{ tenantId, serviceId, drift }] = useState(schema);
  const accept = useMutation({
    mutationFn: () => acceptDrift(tenantId, serviceId, { digest: drift.digest ?? '', reason: reason.trim() }),
    onSuccess: async (seen) => {
      client.setQueryData(['tenant-schema', tenantId, serviceId], seen);
      await client.invalidateQueries({ queryKey: ['tenant-schemas'] });
      notifications.show({ message: t('schemas.isAccepted', { tenant: tenantId, service: serviceId }) });
      onClose();
    },
  });
  return (
    <QuestionDialog
      title={t('schemas.acceptTitle')}
      size={620}
      closesOnClickOutside={false}
      action={t('schemas.accept')}
      isReady={reason.trim() !== ''}
      isBusy={accept.isPending}
      error={accept.error}
      onAnswer={() => accept.mutate()}
      onClose={onClose}
    >
      <Text size="sm">{t('schemas.acceptMeans')}</Text>
      <div className="accept-lists">
        <DriftLists drift={drift} />
      </div>
      <Text size="xs" c="dimmed" className="mono schema-digest">
        {drift.digest}
      </Text>
      <ReasonField value={reason} isNeeded hasAutofocus onChange={setReason} />
    </QuestionDialog>
  );
}
