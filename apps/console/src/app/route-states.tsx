import { Anchor, Button, Container, Stack, Text, Title } from '@mantine/core';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Container size="sm" py="xl" component="main">
      <Stack gap="sm">
        <Title order={1}>{t('app.notFound')}</Title>
        <Text>{t('app.notFoundMeans')}</Text>
        <Anchor component={Link} to="/tenants">
          {t('app.toTenants')}
        </Anchor>
      </Stack>
    </Container>
  );
}

/** The same where the frame of the page is broken too. */
export function RootError(props: ErrorComponentProps) {
  return (
    <main>
      <RouteError {...props} />
    </main>
  );
}

/** A fault of the console itself. Nothing was changed by it: changes happen in the API only. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <Container size="sm" py="xl">
      <Stack gap="sm" role="alert">
        <Title order={1}>{t('app.broken')}</Title>
        <Text>{t('app.brokenMeans')}</Text>
        <Text className="mono">{error instanceof Error ? error.message : String(error)}</Text>
        <Button onClick={reset} w="max-content">
          {t('state.retry')}
        </Button>
      </Stack>
    </Container>
  );
}
