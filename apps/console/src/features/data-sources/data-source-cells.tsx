import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { DataSource } from '../../api/generated/model/index.ts';
import { StatusLabel } from '../../parts/status.tsx';
import { addressText } from './data-source-fields.ts';

export function AddressLink({ source }: { source: DataSource }) {
  const text = addressText(source);
  const database = text.indexOf('/') + 1;
  return (
    <Anchor component={Link} to={`/databases/${source.id}`} size="sm" className="mono">
      {text.slice(0, database)}
      {/* Where there is no room, the line ends between server and database and not amid a name. */}
      <wbr />
      {text.slice(database)}
    </Anchor>
  );
}

const tlsTones = { verify: 'good', require: 'plain', off: 'warn' } as const;

export function TlsLabel({ tls }: Pick<DataSource, 'tls'>) {
  const { t } = useTranslation();
  return <StatusLabel tone={tlsTones[tls]}>{t(`dataSources.tls.${tls}`)}</StatusLabel>;
}

/** Never user or password: a fingerprint that changes when they do. */
export function CredentialsLabel({ credentials }: Pick<DataSource, 'credentials'>) {
  const { t } = useTranslation();
  if (credentials === null) return <StatusLabel tone="bad">{t('dataSources.noCredentials')}</StatusLabel>;
  return (
    <span className="mono" title={t('dataSources.fingerprintMeans')}>
      {credentials.slice(0, 12)}
    </span>
  );
}
