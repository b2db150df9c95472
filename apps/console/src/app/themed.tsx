import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { resolveVariables, theme } from './theme.ts';

/** The theme, with the words that its components bring along in the operator's language. */
export function Themed({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const worded = useMemo(
    () =>
      mergeThemeOverrides(theme, {
        components: { Notification: { defaultProps: { closeButtonProps: { 'aria-label': t('action.close') } } } },
      }),
    [t],
  );
  return (
    <MantineProvider theme={worded} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  );
}
