import './lanes.css';
import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getLane, listServices } from '../../api/generated/grey.ts';
import type { Lane } from '../../api/generated/model/index.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { EditOrDelete } from '../../parts/edit-or-delete.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Queried } from '../../parts/queried.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { usePermission } from '../access/me.ts';
import { DeleteLane } from './delete-lane.tsx';
import { chainOf } from './lane-chain.ts';
import { LaneFacts } from './lane-facts.tsx';
import { LaneForm } from './lane-form.tsx';
import { LanePicture } from './lane-picture.tsx';
import { LaneServiceList } from './lane-service-list.tsx';
import { useEntryWords } from './use-entry-words.ts';

/** One lane: what a call in it meets at every service, who gets in, and how. */
export function LanePage() {
  const { t } = useTranslation();
  const { tag } = useParams({ from: '/shell/lanes/$tag' });
  const navigate = useNavigate();
  const mayPublish = usePermission('routing.publish');
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const lane = useQuery({ queryKey: ['lane', tag], queryFn: ({ signal }) => getLane(tag, { signal }) });
  const close = () => setDialog(null);
  return (
    <>
      <PageHeader
        title={lane.data?.name ?? tag}
        note={<span className="mono">{tag}</span>}
        before={<BackLink to="/lanes">{t('lanes.back')}</BackLink>}
        actions={
          mayPublish &&
          lane.data && <EditOrDelete onEdit={() => setDialog('edit')} onDelete={() => setDialog('delete')} />
        }
      />
      <Queried query={lane} what={tag}>
        {(found) => <LaneView lane={found} />}
      </Queried>
      {lane.data && dialog === 'edit' && <LaneForm lane={lane.data} onClose={close} />}
      {lane.data && dialog === 'delete' && (
        <DeleteLane lane={lane.data} onClose={close} onDeleted={() => void navigate({ to: '/lanes' })} />
      )}
    </>
  );
}

function LaneView({ lane }: { lane: Lane }) {
  const { t } = useTranslation();
  const wordEntries = useEntryWords();
  const services = useQuery({
    queryKey: ['services', { all: true }],
    queryFn: ({ signal }) => listServices({ limit: 1000 }, { signal }),
  });
  const chain = services.data && chainOf(lane, services.data.items);
  return (
    <Stack gap="md">
      <LaneFacts lane={lane} />
      <section aria-labelledby="lane-chain">
        <Title order={2} id="lane-chain" mb="xs">
          {t('lanes.chain')}
        </Title>
        {services.isPending && <Loading what={t('nav.services')} />}
        {services.isError && <Failure error={services.error} onRetry={() => void services.refetch()} />}
        {chain && (
          <Stack gap="sm">
            <div className="panel">
              <LanePicture lane={lane} chain={chain} entries={wordEntries(lane)} describedBy="lane-services" />
            </div>
            <Text size="xs" c="dimmed" id="lane-services">
              {t(`lanes.pictureMeans.${lane.mode}`)}{' '}
              {chain.moreCount > 0 && t('lanes.more', { count: chain.moreCount })}
            </Text>
            <LaneServiceList services={chain.services} />
          </Stack>
        )}
      </section>
    </Stack>
  );
}
