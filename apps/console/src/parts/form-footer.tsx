import { Button, Group, type MantineColor } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { GuardOverride } from '../api/generated/model/index.ts';
import { Failure } from './states.tsx';

interface FormFooterProps {
  /** Why it was not done; null or undefined: nothing failed, or it is told where it belongs. */
  error?: unknown;
  onOverride?: ((override: GuardOverride) => void) | undefined;
  /** What the button says that does it. */
  action: string;
  isBusy: boolean;
  /** False while something needed is missing. */
  isReady?: boolean;
  color?: MantineColor | undefined;
  /** What the way out says, where "Cancel" could be taken for doing it. */
  leave?: string | undefined;
  onCancel: () => void;
  /** Other buttons, at the other side. */
  children?: ReactNode;
}

/** The end of a form: what failed, the way out, and the button that does it. */
export function FormFooter(props: FormFooterProps) {
  const { error, onOverride, action, isBusy, isReady = true, color, leave, onCancel, children } = props;
  const { t } = useTranslation();
  return (
    <>
      {error ? <Failure error={error} onOverride={onOverride} /> : null}
      <Group justify={children ? 'space-between' : 'flex-end'} gap="xs">
        {children && <Group gap="xs">{children}</Group>}
        <Group gap="xs">
          <Button variant="default" onClick={onCancel}>
            {leave ?? t('action.cancel')}
          </Button>
          <Button type="submit" {...(color ? { color } : {})} disabled={!isReady} loading={isBusy}>
            {action}
          </Button>
        </Group>
      </Group>
    </>
  );
}
