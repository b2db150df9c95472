import { Anchor, Box, Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { listBatchExceptions } from '../../api/generated/grey.ts';
import type { BatchException, BatchExceptionPage, UpgradeBatch } from '../../api/generated/model/index.ts';
import { Fold } from '../../parts/fold.tsx';
import { Queried } from '../../parts/queried.tsx';
import { usePages } from '../../parts/use-pages.ts';

/** Tenants with whom it went otherwise than with their wave, by name, and what can be done for each. */
export function BatchExceptions({ batch: { id, cannotReturnCount, notBegunCount } }: { batch: UpgradeBatch }) {
  return (
    <>
      <ExceptionList batchId={id} kind="cannot_return" count={cannotReturnCount} />
      <ExceptionList batchId={id} kind="not_begun" count={notBegunCount} />
    </>
  );
}

interface ExceptionListProps {
  batchId: string;
  kind: BatchException['kind'];
  count: number;
}

function ExceptionList(props: ExceptionListProps) {
  const { t } = useTranslation();
  const { kind, count } = props;
  if (count === 0) return null;
  const title = t(`batches.exceptions.${kind}.title`);
  return (
    <Fold title={title} count={count} means={t(`batches.exceptions.${kind}.means`)} isOpen={kind === 'cannot_return'}>
      <ExceptionRows {...props} title={title} />
    </Fold>
  );
}

function ExceptionRows({ batchId, kind, count, title }: ExceptionListProps & { title: string }) {
  const { t } = useTranslation();
  const word = useExceptionWords();
  const { query, rows, loadMore } = usePages<BatchException, BatchExceptionPage>(
    ['upgrade-batches', 'exceptions', { batchId, kind, count }],
    (cursor, signal) => listBatchExceptions(batchId, { kind, limit: 100, ...(cursor ? { cursor } : {}) }, { signal }),
  );
  return (
    <Queried query={query} what={title}>
      {() => (
        <Box component="section" className="batch-left-out" aria-label={title} tabIndex={0}>
          <ul className="plain-list">
            {rows.map((one) => (
              <li key={one.tenantId}>
                <Anchor component={Link} to={`/tenants/${encodeURIComponent(one.tenantId)}`} size="sm" className="mono">
                  {one.tenantId}
                </Anchor>{' '}
                {word(one)} <span className="mono dimmed">{one.code}</span>
                {one.mend !== null && (
                  <Text size="xs" c="dimmed">
                    {one.mend}
                  </Text>
                )}
              </li>
            ))}
          </ul>
          {query.hasNextPage && (
            <Button variant="default" size="xs" onClick={loadMore} loading={query.isFetchingNextPage}>
              {t('batches.exceptions.more')}
            </Button>
          )}
        </Box>
      )}
    </Queried>
  );
}

/** In the operator's language where there are words; what the API knows more of else. */
function useExceptionWords() {
  const { t, i18n } = useTranslation();
  return ({ code, message }: BatchException) => {
    for (const path of [`batches.exceptions.codes.${code}`, `batches.leftOut.${code}`])
      if (i18n.exists(path)) return t(path as 'batches.exceptions.codes.CONTRACTED');
    return message;
  };
}
