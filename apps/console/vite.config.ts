import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['GREY_CONSOLE_API'] ?? 'http://127.0.0.1:3000';

/** The build is served by the API under `/`; `pnpm dev` proxies to a running one (GREY_CONSOLE_API). */
export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    sourcemap: false,
    // Data URLs would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/api': api, '/health': api } },
});
