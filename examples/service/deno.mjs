// Deno: deno run --allow-all deno.mjs
import process from 'node:process';
import { service } from './service.mjs';

const server = Deno.serve({ port: Number(process.env.PORT ?? 8080), hostname: '127.0.0.1', onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`) }, (request) => {
  const { origin, pathname, search } = new URL(request.url);
  return service.fetch(new Request(origin + pathname.replace(/^\/models/, '') + search, request));
});
process.once('SIGTERM', async () => {
  await Promise.all([server.shutdown(), service.close()]);
  process.exit();
});
