import { Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { acceptDrift } from '../../api/generated/grey.ts';
import type { TenantSchema } from '../../api/generated/model/index.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { FormFooter } from '../../parts/form-footer.tsx';
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  return (
    <Dialog title={t('schemas.acceptTitle')} size={620} closesOnClickOutside={false} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t('schemas.acceptMeans')}</Text>
          <div className="accept-lists">
            <DriftLists drift={drift} />
          </div>
          <Text size="xs" c="dimmed" className="mono schema-digest">
            {drift.digest}
          </Text>
          <TextInput
            label={t('confirm.reason')}
            required
            data-autofocus
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <FormFooter
            error={accept.error}
            action={t('schemas.accept')}
            isBusy={accept.isPending}
            isReady={reason.trim() !== ''}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}
