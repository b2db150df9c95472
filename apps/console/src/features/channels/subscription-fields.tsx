import { Button, Group, MultiSelect, Stack, TagsInput, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ChangeGroup, ChangeKind, type Subscription } from '../../api/generated/model/index.ts';
import { kindKey } from '../changes/change-filters.ts';
import { anyChange } from './channel-fields.ts';
import { splitWords } from './split-words.ts';

const maxSubscriptions = 20;
const groups = Object.values(ChangeGroup);
const kinds = Object.values(ChangeKind);

interface SubscriptionFieldsProps {
  subscriptions: readonly Subscription[];
  onChange: (subscriptions: readonly Subscription[]) => void;
}

/** Of which changes a channel is told: any of these; within one, all parts must fit. */
export function SubscriptionFields({ subscriptions, onChange }: SubscriptionFieldsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="subscriptions">
      <legend>{t('channels.subscriptions')}</legend>
      <Stack gap="xs">
        <Text size="xs" c="dimmed">
          {t('channels.subscriptionsRule')}
        </Text>
        {subscriptions.map((one, index) => (
          <SubscriptionCard
            // Cards have no identity but their place.
            key={index}
            place={index + 1}
            subscription={one}
            onChange={(next) => onChange(subscriptions.map((kept, at) => (at === index ? next : kept)))}
            onRemove={() => onChange(subscriptions.filter((_, at) => at !== index))}
          />
        ))}
        {subscriptions.length === 0 && <Text size="sm">{t('channels.toldNothing')}</Text>}
        {subscriptions.length < maxSubscriptions && (
          <Button
            variant="default"
            size="compact-xs"
            w="max-content"
            onClick={() => onChange([...subscriptions, anyChange])}
          >
            {t('channels.addSubscription')}
          </Button>
        )}
      </Stack>
    </fieldset>
  );
}

interface SubscriptionCardProps {
  place: number;
  subscription: Subscription;
  onChange: (subscription: Subscription) => void;
  onRemove: () => void;
}

function SubscriptionCard({ place, subscription, onChange, onRemove }: SubscriptionCardProps) {
  const { t } = useTranslation();
  const set = (part: Partial<Subscription>) => onChange({ ...subscription, ...part });
  const tags = (name: 'serviceIds' | 'tenantIds' | 'tenantTags', label: string, placeholder: string) => (
    <TagsInput
      label={label}
      placeholder={subscription[name].length === 0 ? placeholder : ''}
      acceptValueOnBlur
      splitChars={[',', ' ', ';']}
      value={subscription[name]}
      onChange={(value) => set({ [name]: splitWords(value) })}
    />
  );
  return (
    <section className="panel" aria-label={t('channels.subscriptionNumber', { place })}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text size="xs" fw={600}>
            {t('channels.subscriptionNumber', { place })}
          </Text>
          <Button
            variant="subtle"
            size="compact-xs"
            aria-label={t('channels.removeSubscriptionOf', { place })}
            onClick={onRemove}
          >
            {t('channels.removeSubscription')}
          </Button>
        </Group>
        <Group gap="xs" align="flex-start" grow>
          <MultiSelect
            size="xs"
            label={t('channels.groups')}
            placeholder={subscription.groups.length + subscription.kinds.length === 0 ? t('channels.everyKind') : ''}
            value={subscription.groups}
            onChange={(value) => set({ groups: value as Subscription['groups'] })}
            data={groups.map((group) => ({ value: group, label: t(`channels.group.${group}`) }))}
          />
          <MultiSelect
            size="xs"
            label={t('channels.singleKinds')}
            searchable
            value={subscription.kinds}
            onChange={(value) => set({ kinds: value as Subscription['kinds'] })}
            data={kinds.map((kind) => ({ value: kind as string, label: t(`changeKinds.${kindKey(kind)}`) }))}
          />
        </Group>
        <Group gap="xs" align="flex-start" grow>
          {tags('serviceIds', t('nav.services'), t('channels.everyService'))}
          {tags('tenantTags', t('channels.tenantTags'), t('channels.everyTenant'))}
          {tags('tenantIds', t('nav.tenants'), t('channels.everyTenant'))}
        </Group>
      </Stack>
    </section>
  );
}
