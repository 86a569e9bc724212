import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { backend } from './backend/index.js';

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
    // The component takes its server from here, when it is loaded. With a text in place of the
    // variable, '"https://pinbridge.example.com"', the address is part of the bundle; with the
    // variable, one bundle serves every stage. Either way it is an origin: no path, no slash.
    'process.env.REACT_APP_AMP_SERVER': 'globalThis.PINBRIDGE_SERVER',
  },
  server: listen,
  preview: listen,
});
