import { useTranslation } from 'react-i18next';
import type { InstanceHealth, TenantStatus, VersionStatus } from '../api/generated/model/index.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'note' | 'plain';
const marks: Record<Tone, string> = { good: '✓', warn: '!', bad: '✕', note: '•', plain: '–' };

/** A mark and a word; the colour only repeats what they say. */
export function StatusLabel({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className="status" data-tone={tone}>
      <span aria-hidden="true">{marks[tone]}</span>
      {children}
    </span>
  );
}

const healthTones = { healthy: 'good', degraded: 'warn', unhealthy: 'bad', unknown: 'plain' } as const;
const versionTones = { active: 'good', deprecated: 'warn', retired: 'plain' } as const;

export function HealthLabel({ health }: { health: InstanceHealth }) {
  const { t } = useTranslation();
  return <StatusLabel tone={healthTones[health]}>{t(`health.${health}`)}</StatusLabel>;
}

export function VersionStatusLabel({ status }: { status: VersionStatus }) {
  const { t } = useTranslation();
  return <StatusLabel tone={versionTones[status]}>{t(`versionStatus.${status}`)}</StatusLabel>;
}

export function TenantStatusLabel({ status }: { status: TenantStatus }) {
  const { t } = useTranslation();
  return <StatusLabel tone={status === 'active' ? 'good' : 'warn'}>{t(`tenantStatus.${status}`)}</StatusLabel>;
}
