import { printCel } from '@grey/route-core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Rule } from './rule-types.ts';
import { useRulesContext } from './rules-context.tsx';
import { SplitBar } from './split-bar.tsx';
import { useUnitWords } from './unit-words.ts';
import { colourOf } from './version-colours.ts';

/** What a request must be for the rule: path, methods, condition. */
export function MatchCell({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  const { path, methods, when } = rule;
  if (!path && !methods && !when) return <span className="dim">{t('rules.everyRequest')}</span>;
  const text = when ? printCel(when) : '';
  return (
    <div className="rule-match">
      {(path || methods) && (
        <div className="rule-path">
          {path && (
            <>
              <span className="tag">{t(`rules.pathType.${path.type}`)}</span> <span className="mono">{path.value}</span>
            </>
          )}
          {methods?.map((method) => (
            <span key={method} className="tag">
              {method}
            </span>
          ))}
        </div>
      )}
      {text && (
        <div className="rule-condition mono" title={text}>
          {text}
        </div>
      )}
    </div>
  );
}

/** Where the rule sends a request, what happens without an instance, and who gets a copy. */
export function TargetCell({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  const { share } = useFormat();
  const { versionNames } = useRulesContext();
  const { target, fallback, mirror } = rule;
  const unitWords = useUnitWords();
  const fallbackWords =
    fallback && (fallback.mode === 'version' ? (fallback.version ?? '') : t(`fallback.${fallback.mode}`));
  const notes = [
    target.kind === 'split' && t('rules.splitBy', { unit: unitWords(target.unit) }),
    fallbackWords !== undefined && t('rules.fallbackOf', { fallback: fallbackWords }),
    mirror && t('rules.mirrorOf', { share: share(mirror.share), version: mirror.version }),
  ].filter(Boolean);
  return (
    <div className="rule-target">
      {target.kind === 'version' && (
        <span className="nowrap">
          <span
            className="split-mark"
            aria-hidden="true"
            style={{ background: colourOf(versionNames, target.version) }}
          />
          <span className="mono">{target.version}</span>
        </span>
      )}
      {target.kind === 'lane' && (
        <span className="nowrap">
          {t('rules.laneOf')} <span className="mono">{target.tag}</span>
        </span>
      )}
      {target.kind === 'split' && <SplitBar shares={target.shares} />}
      {notes.length > 0 && <span className="dim">{notes.join(' · ')}</span>}
    </div>
  );
}
