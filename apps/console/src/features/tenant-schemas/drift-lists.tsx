import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SchemaDrift } from '../../api/generated/model/index.ts';
import { Fold } from '../../parts/fold.tsx';

/** More than this nobody reads; the whole is in the database. */
const listed = 200;

/** The differences, by what happened to the object. */
export function DriftLists({ drift }: { drift: SchemaDrift }) {
  const { t } = useTranslation();
  const lists = (['added', 'removed', 'changed', 'ledger'] as const).filter((kind) => drift[kind].length > 0);
  return (
    <>
      {lists.map((kind) => (
        <Fold
          key={kind}
          title={t(`schemas.driftKind.${kind}`)}
          count={drift[kind].length}
          means={t(`schemas.driftKindMeans.${kind}`)}
          isOpen={drift[kind].length <= 12}
        >
          <ul className={kind === 'ledger' ? 'plain-list' : 'plain-list mono'}>
            {drift[kind].slice(0, listed).map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
          {drift[kind].length > listed && (
            <Text size="xs" c="dimmed">
              {t('state.firstOf', { shown: listed, all: drift[kind].length })}
            </Text>
          )}
        </Fold>
      ))}
    </>
  );
}
