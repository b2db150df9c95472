import { Anchor, Button, CopyButton, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { verifyAudit } from '../../api/generated/grey.ts';
import type { VerifyResult } from '../../api/generated/model/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure } from '../../parts/states.tsx';
import { addVerified } from './add-verified.ts';

interface Run {
  readonly isBusy: boolean;
  readonly sum: VerifyResult | undefined;
  readonly error: unknown;
}

/** Follows the chain of hashes from the beginning, portion by portion, and names the first record that is not what was written. */
export function VerifyChain() {
  const { t } = useTranslation();
  const { number } = useFormat();
  const [anchor, setAnchor] = useState('');
  const [run, setRun] = useState<Run>({ isBusy: false, sum: undefined, error: undefined });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const verify = async (event: FormEvent) => {
    event.preventDefault();
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    let sum: VerifyResult | undefined;
    setRun({ isBusy: true, sum, error: undefined });
    try {
      do {
        const from = sum?.nextFrom ?? undefined;
        const query = { ...(from ? { from } : {}), ...(anchor.trim() ? { anchor: anchor.trim() } : {}) };
        const part = await verifyAudit(query, { signal: controller.signal });
        sum = sum ? addVerified(sum, part) : part;
        setRun({ isBusy: !sum.isComplete, sum, error: undefined });
      } while (sum.isIntact && !sum.isComplete && sum.nextFrom !== null);
      setRun({ isBusy: false, sum, error: undefined });
    } catch (error) {
      if (!controller.signal.aborted) setRun({ isBusy: false, sum, error });
    }
  };
  return (
    <section className="panel" aria-label={t('audit.verify')}>
      <form onSubmit={(event) => void verify(event)}>
        <Stack gap="sm">
          <Title order={2}>{t('audit.verify')}</Title>
          <Text size="sm">{t('audit.verifyMeans')}</Text>
          <Group gap="xs" align="flex-end">
            <TextInput
              label={t('audit.anchor')}
              description={t('audit.anchorRule')}
              w={460}
              classNames={{ input: 'mono' }}
              value={anchor}
              onChange={(event) => setAnchor(event.currentTarget.value)}
            />
            <Button type="submit" loading={run.isBusy}>
              {t('audit.verifyNow')}
            </Button>
          </Group>
          {run.isBusy && (
            <Text size="sm" role="status">
              {t('audit.checking', { checked: number(run.sum?.checkedCount ?? 0) })}
            </Text>
          )}
          {run.error !== undefined && <Failure error={run.error} />}
          {!run.isBusy && run.sum && <Verdict result={run.sum} />}
        </Stack>
      </form>
    </section>
  );
}

function Verdict({ result }: { result: VerifyResult }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { fault, anchor } = result;
  const noted = `${anchor.position.epoch}-${anchor.position.revision}:${anchor.hash}`;
  const asides = [
    result.unchainedCount > 0 && t('audit.unchained', { changes: number(result.unchainedCount) }),
    result.erasedCount > 0 && t('audit.erased', { changes: number(result.erasedCount) }),
    result.trimmedCount > 0 && t('audit.trimmed', { changes: number(result.trimmedCount) }),
  ].filter(Boolean);
  if (fault)
    return (
      <div className="panel" data-tone="bad" role="alert">
        <Text size="sm" fw={600}>
          {t('audit.broken', { changeId: fault.changeId })}
        </Text>
        <Text size="sm">
          {t(`audit.part.${fault.part}`)}
          {fault.itemIndex !== null && ` ${t('audit.itemIndex', { index: fault.itemIndex })}`}
        </Text>
        <Text size="sm" c="dimmed">
          {fault.detail}
        </Text>
        <Anchor component={Link} to={`/changes/${fault.changeId}`} size="sm">
          {t('restore.toChange', { revision: fault.position.revision })}
        </Anchor>
      </div>
    );
  return (
    <div className="panel" data-tone="good" role="status">
      <Text size="sm" fw={600}>
        {t('audit.intact', { changes: number(result.checkedCount) })}
      </Text>
      {asides.map((aside) => (
        <Text size="sm" key={String(aside)}>
          {aside}
        </Text>
      ))}
      <Text size="sm" mt={4}>
        {t('audit.noteAnchor')}
      </Text>
      <Group gap="xs">
        <code className="cel">{noted}</code>
        <CopyButton value={noted}>
          {({ copied, copy }) => (
            <Button variant="default" size="compact-xs" onClick={copy}>
              {copied ? t('access.copied') : t('access.copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
