import './changes.css';
import { Anchor, Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldDiff } from './field-diff.ts';

const shownFields = 6;
/** A longer value is cut until somebody asks for all of it. */
const shownLength = 160;

interface FieldLinesProps {
  diffs: readonly FieldDiff[];
  /** States have no before: their fields stand there as they are. */
  isState?: boolean;
}

/** Fields with what they were and what they became; long lists and long values unfold. */
export function FieldLines({ diffs, isState = false }: FieldLinesProps) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? diffs : diffs.slice(0, shownFields);
  const isCut = !isWhole && (diffs.length > shown.length || shown.some(isLong));
  return (
    <>
      {shown.map((diff) => (
        <FieldLine key={diff.field} {...diff} isState={isState} isWhole={isWhole} />
      ))}
      {isCut && (
        <Button variant="subtle" size="compact-xs" onClick={() => setWhole(true)}>
          {t('changes.allFields', { count: diffs.length })}
        </Button>
      )}
    </>
  );
}

function FieldLine({ field, from, to, isState, isWhole }: FieldDiff & { isState: boolean; isWhole: boolean }) {
  const { t } = useTranslation();
  const cut = (text: string) => (isWhole || text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`);
  return (
    <span className="mono field-line">
      <span className="dimmed">{field}</span>{' '}
      {!isState && from !== null && (
        <>
          <del className="diff-from">{cut(from)}</del>
          <span aria-hidden="true">{' → '}</span>
        </>
      )}
      {isState ? (
        <span>{cut(to ?? t('state.none'))}</span>
      ) : (
        <ins className="diff-to">{cut(to ?? t('state.none'))}</ins>
      )}
    </span>
  );
}

function isLong({ from, to }: FieldDiff): boolean {
  return Math.max(from?.length ?? 0, to?.length ?? 0) > shownLength;
}

/** The tenant or service that something is about, as the way to it. */
export function SubjectLinks({ tenantId, serviceId }: { tenantId: string | null; serviceId: string | null }) {
  return (
    <>
      {tenantId !== null && <SubjectLink to={`/tenants/${encodeURIComponent(tenantId)}`} id={tenantId} />}
      {serviceId !== null && <SubjectLink to={`/services/${encodeURIComponent(serviceId)}`} id={serviceId} />}
    </>
  );
}

function SubjectLink({ to, id }: { to: string; id: string }) {
  return (
    <Anchor component={Link} to={to} size="sm" className="mono">
      {id}
    </Anchor>
  );
}
