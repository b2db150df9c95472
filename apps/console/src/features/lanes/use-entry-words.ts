import { useTranslation } from 'react-i18next';
import type { Lane } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { useUnitWords } from '../rules/unit-words.ts';

/** Every way into a lane in a few words: the tag always, then rules, then who enters by itself. */
export function useEntryWords(): (lane: Pick<Lane, 'entry' | 'enteredBy'>) => string[] {
  const { t } = useTranslation();
  const { share } = useFormat();
  const wordUnit = useUnitWords();
  return ({ entry, enteredBy }) => {
    const words = [t('lanes.byTag')];
    if (entry) {
      const { when, portion } = entry;
      const values = portion ? { share: share(portion.share), unit: wordUnit(portion.unit) } : undefined;
      if (when && values) words.push(t('lanes.byConditionAndPortion', values));
      else if (values) words.push(t('lanes.byPortion', values));
      else words.push(t('lanes.byCondition'));
    }
    if (enteredBy.length > 0) words.push(t('lanes.byRules', { count: enteredBy.length }));
    return words;
  };
}
