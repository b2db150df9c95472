import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { isPosition } from './moment.ts';

/** A moment in words: a time, or a position by its revision. */
export function useMomentWords(): (moment: string) => string {
  const { t } = useTranslation();
  const { dateTime } = useFormat();
  return (moment) => (isPosition(moment) ? t('moment.atPosition', { position: moment }) : dateTime(moment));
}
