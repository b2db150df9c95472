import { Kbd, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../parts/page-header.tsx';
import { Loading } from '../../parts/states.tsx';
import { useMe } from '../access/me.ts';
import { ConfirmRollback } from './confirm-rollback.tsx';
import { DatabaseAway } from './database-away.tsx';
import './emergency.css';
import { PlanView } from './plan-view.tsx';
import { RollbackFailure } from './rollback-failure.tsx';
import { RollbackForm } from './rollback-form.tsx';
import { RollbackOutcome } from './rollback-outcome.tsx';
import { wishOf } from './rollback-wish.ts';
import { useRollback } from './use-rollback.ts';
import { useRollbackPlan } from './use-rollback-plan.ts';

/** The way off a bad version: what, the plan, the typed name of the service, and then who has it. */
export function EmergencyPage() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  // Another rollback begins on an empty page, with a key of its own: when it is asked for, and when a link or the palette
  // leads here again. What the page itself writes into the URL replaces the entry of the history and keeps its index.
  const [round, setRound] = useState(0);
  const visit = useLocation({ select: ({ state }) => state.__TSR_index });
  // While nobody knows who asks, the API is asked: it refuses in the end.
  const mayRollBack = me === undefined || me.permissions.includes('emergency.rollback');
  return (
    <>
      <PageHeader
        title={t('emergency.title')}
        note={t('emergency.means')}
        actions={
          <Text size="xs" c="dimmed" component="span" visibleFrom="md">
            <Kbd size="xs">{t('palette.keys')}</Kbd> <Kbd size="xs">{t('palette.enter')}</Kbd>
          </Text>
        }
      />
      <DatabaseAway />
      {mayRollBack ? (
        <Rollback key={`${visit} ${round}`} onAgain={() => setRound(round + 1)} />
      ) : (
        <div className="panel" data-tone="warn" role="alert">
          <Text size="sm">{t('emergency.notAllowed')}</Text>
        </div>
      )}
    </>
  );
}

function Rollback({ onAgain }: { onAgain: () => void }) {
  const { t } = useTranslation();
  const question = useSearch({ from: '/shell/emergency' });
  const navigate = useNavigate({ from: '/emergency' });
  const [tenantText, setTenantText] = useState(question.tenants ?? '');
  const [reason, setReason] = useState('');
  const [isFurther, setFurther] = useState(false);
  const outcome = useRef<HTMLDivElement>(null);
  const [settledTenants] = useDebouncedValue(tenantText, 300);
  const wish = wishOf(question, settledTenants, isFurther);
  const { rollback, send, sent } = useRollback(() => outcome.current?.focus());
  const isSending = rollback.isPending;
  // What was sent stays as it is until it is known what became of it.
  const plan = useRollbackPlan(wish, sent === undefined);

  return (
    <div ref={outcome} tabIndex={-1} className="emergency-frame">
      {rollback.data && sent ? (
        <RollbackOutcome
          sent={sent}
          result={rollback.data.result}
          tookMs={rollback.data.tookMs}
          onAgain={() => {
            void navigate({ search: {}, replace: true });
            onAgain();
          }}
        />
      ) : (
        <div className="emergency">
          <fieldset className="panel emergency-what" disabled={isSending || sent !== undefined}>
            <legend>{t('emergency.what')}</legend>
            <RollbackForm
              question={question}
              onChange={(search) => void navigate({ search, replace: true })}
              tenantText={tenantText}
              onTenantText={setTenantText}
              reason={reason}
              onReason={setReason}
            />
          </fieldset>
          <fieldset className="panel emergency-what emergency-plan" aria-busy={plan.isFetching}>
            <legend>{t('emergency.plan')}</legend>
            <Stack gap="sm">
              {!wish && <Text c="dimmed">{t('emergency.planWaits')}</Text>}
              {wish && plan.isPending && <Loading what={t('plan.what')} />}
              {plan.isError && (
                <RollbackFailure
                  error={plan.error}
                  isPlan
                  onAgain={() => void plan.refetch()}
                  onFurther={isFurther ? undefined : () => setFurther(true)}
                />
              )}
              {wish && plan.data && (
                <>
                  <PlanView wish={wish} plan={plan.data} isFurther={isFurther} onFurther={setFurther} />
                  {rollback.isError && (
                    <RollbackFailure
                      error={rollback.error}
                      onAgain={() => sent && send(sent)}
                      onPlanAgain={() => {
                        rollback.reset();
                        void plan.refetch();
                      }}
                      onFurther={() => {
                        rollback.reset();
                        setFurther(true);
                      }}
                    />
                  )}
                  <ConfirmRollback
                    wish={wish}
                    plan={plan.data}
                    reason={reason}
                    isBusy={isSending}
                    isBlocked={plan.isFetching || (rollback.isError && sent !== undefined)}
                    onConfirm={(body) => send(body)}
                  />
                </>
              )}
            </Stack>
          </fieldset>
        </div>
      )}
    </div>
  );
}
