// Hono: it takes what has the form of `fetch`.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { service } from './service.mjs';

const app = new Hono();
app.mount('/models', service.fetch);
const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 8080), hostname: '127.0.0.1' }, ({ port }) => console.log(`http://127.0.0.1:${port}`));
process.once('SIGTERM', () => {
  server.close();
  service.close();
});
