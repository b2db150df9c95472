import { useTranslation } from 'react-i18next';
import type { UpgradeKind, UpgradeOptions } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';

/** How it is done, a line for each thing that was chosen. */
export function OptionWords({ options, kind }: { options: UpgradeOptions; kind: UpgradeKind }) {
  const { t } = useTranslation();
  const { duration, percent, number } = useFormat();
  const { backup, contract, soakSeconds, gates } = options;
  return (
    <>
      <div>{t(`upgrades.options.backups.${backup}`)}</div>
      <div>{t(`upgrades.options.contracts.${contract}`)}</div>
      {kind === 'service' && (
        <div>
          {t('upgrades.options.soaks', { duration: duration(soakSeconds * 1_000) })}{' '}
          {t('upgrades.options.gated', { share: percent(gates.maxFailedShare * 100) })}
          {gates.minDecisions > 0 && t('upgrades.options.least', { least: number(gates.minDecisions) })}
        </div>
      )}
      {kind === 'service' && gates.hookUrl !== undefined && (
        <div>
          {t('upgrades.options.hooked')} <span className="mono upgrade-id">{gates.hookUrl}</span>
        </div>
      )}
    </>
  );
}
