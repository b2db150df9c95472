import './app/without-eval.ts';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/console.css';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { session } from './api/session.ts';
import { createQueryClient } from './app/query-client.ts';
import { createConsoleRouter } from './app/router.tsx';
import { Themed } from './app/themed.tsx';
import { startI18n } from './i18n/i18n.ts';
import { LiveProvider } from './live/live.tsx';

await startI18n();
const queryClient = createQueryClient();
const router = createConsoleRouter();
// When the session ends — here, in another tab, or because the API said so — nothing of it stays on the screen.
session.subscribe(() => {
  if (session.current) return;
  queryClient.clear();
  void router.invalidate();
});

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Themed>
      <QueryClientProvider client={queryClient}>
        <LiveProvider>
          <Notifications position="bottom-right" />
          <RouterProvider router={router} />
        </LiveProvider>
      </QueryClientProvider>
    </Themed>
  </StrictMode>,
);
