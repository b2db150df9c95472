import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { FieldFault } from './check-rule.ts';
import type { RuleFields } from './rule-fields.ts';
import { missingShare } from './split-weights.ts';

/** What is wrong with a field, in the operator's language; the contract's own words where it has no others. */
export function useFaultWords(): (fault: FieldFault, fields: RuleFields) => string {
  const { t } = useTranslation();
  const { share } = useFormat();
  return ({ fault, detail }, fields) => {
    switch (fault) {
      case 'required':
      case 'path':
        return t('form.required');
      case 'name':
        return t('form.nameRule');
      case 'version':
        return t('rules.fault.version');
      case 'number':
        return t('rules.fault.number');
      case 'sum': {
        const missing = missingShare(fields.shares);
        return missing > 0
          ? t('rules.sumShort', { share: share(missing) })
          : t('rules.sumOver', { share: share(-missing) });
      }
      case 'condition':
        return t('rules.fault.condition', { detail });
      case 'other':
        return detail;
      default:
        return t(`rules.fault.${fault}`);
    }
  };
}
