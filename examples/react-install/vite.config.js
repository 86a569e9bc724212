import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { backend } from './backend/index.js';
import { load } from './backend/state.js';

const listen = {
  host: '127.0.0.1',
  port: Number(process.env.PORT ?? 5173),
  strictPort: true,
};

export default defineConfig({
  plugins: [
    react(),
    {
      // In your product this is your own server; here it answers at /backend, beside the page.
      name: 'example-backend',
      configureServer: (server) => void server.middlewares.use('/backend', backend()),
      configurePreviewServer: (server) => void server.middlewares.use('/backend', backend()),
    },
  ],
  define: {
    // Where the component finds Pinferry; without it, it would talk to Ampersand. It is an origin:
    // no path, no slash at the end. It is a text, since Vite's server does not take it from a
    // variable of the page's.
    'process.env.REACT_APP_AMP_SERVER': JSON.stringify(process.env.PINFERRY_API ?? load().server),
  },
  server: listen,
  preview: listen,
});
