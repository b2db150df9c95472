import { useTranslation } from 'react-i18next';
import { useActiveHolds } from './use-active-holds.ts';

interface HeldMarkProps {
  serviceId: string | undefined;
  version?: string;
  /** Without the word, where there is no room for it. */
  isShort?: boolean;
}

/** A mark beside a service, or one of its versions, that is held for somebody. Nothing when none is. */
export function HeldMark({ serviceId, version, isShort = false }: HeldMarkProps) {
  const { t } = useTranslation();
  const holds = useActiveHolds().filter(
    (one) => one.serviceId === serviceId && (version === undefined || one.fromVersion === version),
  );
  if (holds.length === 0) return null;
  const words = holds.map((one) => t('holds.answeredInstead', { from: one.fromVersion, to: one.toVersion })).join(' ');
  return (
    <span className="status" data-tone="warn" title={words}>
      <span aria-hidden="true">{'⊘'}</span>
      <span className={isShort ? 'visually-hidden' : ''}>{t('emergency.isHeld')}</span>
    </span>
  );
}
