import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../parts/states.tsx';
import { StatusLabel, type Tone } from '../../parts/status.tsx';
import { type ChangedRule, diffRuleSets, type RuleFieldName, ruleFieldNames } from './diff-rule-sets.ts';
import { useFieldText } from './diff-words.ts';
import type { Rule, RuleSet } from './rule-types.ts';

/** What publishing one set over another does, rule by rule. */
export function RuleDiff({ before, after }: { before: RuleSet; after: RuleSet }) {
  const { t } = useTranslation();
  const diff = useMemo(() => diffRuleSets(before, after), [before, after]);
  if (diff.count === 0) return <Empty>{t('rules.diff.same')}</Empty>;
  return (
    <ul className="rule-diff" aria-label={t('rules.diff.title')}>
      {diff.normalizePath && (
        <li>
          <Head kind="changed" name={t('rules.normalizePath')} />
          <FromTo
            label={t('rules.normalizePath')}
            from={t(diff.normalizePath.before ? 'rules.on' : 'rules.off')}
            to={t(diff.normalizePath.after ? 'rules.on' : 'rules.off')}
          />
        </li>
      )}
      {diff.removed.map((rule) => (
        <WholeRule key={rule.id} rule={rule} kind="removed" />
      ))}
      {diff.added.map((rule) => (
        <WholeRule key={rule.id} rule={rule} kind="added" />
      ))}
      {diff.changed.map((change) => (
        <Changed key={change.after.id} change={change} />
      ))}
    </ul>
  );
}

const tones = { added: 'good', removed: 'bad', changed: 'note', moved: 'plain' } as const satisfies Record<
  string,
  Tone
>;

function Head({ kind, name, id }: { kind: keyof typeof tones; name: string; id?: string }) {
  const { t } = useTranslation();
  return (
    <div className="rule-diff-head">
      <StatusLabel tone={tones[kind]}>{t(`rules.diff.${kind}`)}</StatusLabel>
      <strong>{name}</strong>
      {id && <span className="mono dim">{id}</span>}
    </div>
  );
}

function WholeRule({ rule, kind }: { rule: Rule; kind: 'added' | 'removed' }) {
  const { t } = useTranslation();
  const textOf = useFieldText();
  const fields = ruleFieldNames.filter((field) => field !== 'name' && textOf(rule, field) !== null);
  return (
    <li>
      <Head kind={kind} name={rule.name} id={rule.id} />
      {fields.map((field) => {
        const text = textOf(rule, field);
        return (
          <FromTo
            key={field}
            label={t(`rules.field.${field}`)}
            from={kind === 'removed' ? text : null}
            to={kind === 'added' ? text : null}
          />
        );
      })}
    </li>
  );
}

function Changed({ change: { before, after, fields, isMoved } }: { change: ChangedRule }) {
  const { t } = useTranslation();
  const textOf = useFieldText();
  return (
    <li>
      <Head kind={fields.length > 0 ? 'changed' : 'moved'} name={after.name} id={after.id} />
      {fields.map((field: RuleFieldName) => (
        <FromTo
          key={field}
          label={t(`rules.field.${field}`)}
          from={textOf(before, field) ?? t('state.none')}
          to={textOf(after, field) ?? t('state.none')}
        />
      ))}
      {isMoved && (
        <Text size="sm" c="dimmed">
          {t('rules.diff.movedMeans')}
        </Text>
      )}
    </li>
  );
}

function FromTo({ label, from, to }: { label: string; from: string | null; to: string | null }) {
  return (
    <div className="rule-diff-field">
      <span className="dim">{label}</span>
      <span className="mono">
        {from !== null && <del className="diff-from">{from}</del>}
        {from !== null && to !== null && <span aria-hidden="true">{' → '}</span>}
        {to !== null && <ins className="diff-to">{to}</ins>}
      </span>
    </div>
  );
}
