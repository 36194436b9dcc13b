// Bun: bun bun.mjs
import { service } from './service.mjs';

const server = Bun.serve({
  port: Number(process.env.PORT ?? 8080),
  hostname: '127.0.0.1',
  fetch(request) {
    const { origin, pathname, search } = new URL(request.url);
    return service.fetch(new Request(origin + pathname.replace(/^\/models/, '') + search, request));
  },
});
console.log(`http://127.0.0.1:${server.port}`);
process.once('SIGTERM', async () => {
  await Promise.all([server.stop(), service.close()]);
  process.exit();
});
