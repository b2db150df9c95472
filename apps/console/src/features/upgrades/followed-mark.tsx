import { useTranslation } from 'react-i18next';
import { StatusLabel } from '../../parts/status.tsx';

/** Whether what is shown comes as it happens, or is asked for every few seconds. */
export function FollowedMark({ isStreaming }: { isStreaming: boolean }) {
  const { t } = useTranslation();
  return (
    <span title={t(isStreaming ? 'upgrades.followed.streamMeans' : 'upgrades.followed.pollMeans')}>
      <StatusLabel tone={isStreaming ? 'note' : 'plain'}>
        {t(isStreaming ? 'upgrades.followed.stream' : 'upgrades.followed.poll')}
      </StatusLabel>
    </span>
  );
}
